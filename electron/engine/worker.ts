import { parentPort, workerData } from 'node:worker_threads';
import { dispatch } from '../../shared/contract/dispatch.ts';
import { WRITER_CACHE_KIB } from '../store/readers.ts';
import { openStore } from '../store/store.ts';
import { createCollectorThread } from './collector-thread.ts';
import { createEngine } from './engine.ts';
import { loadConfig } from './load-config.ts';
import { exportInThread } from './exports/thread.ts';
import { engineStartSchema, type FromEngine, toEngineSchema } from './messages.ts';
import { createReaderThread } from './readers/reader-thread.ts';
import { recheckInThread } from './upkeep/recheck/thread.ts';

/** The engine's own thread: recording, and answers. What it need not do itself has threads beside it, for collecting and for reading. */
const run = (): void => {
  const port = parentPort;
  if (!port) throw new Error('the engine runs in a worker thread');
  const send = (message: FromEngine): void => port.postMessage(message);
  const start = engineStartSchema.parse(workerData);
  const config = loadConfig(start.endpointsPath, start.manifestPath);
  if (!config.ok) return send({ type: 'failed', problem: config.problem });
  const store = openStore(start.dataFolder, WRITER_CACHE_KIB);
  if (!store.ok) return send({ type: 'failed', problem: store.problem });
  const engine = createEngine({
    store: store.value,
    ...config.value,
    version: start.version,
    shell: start.shell,
    dataFolder: start.dataFolder,
    emit: (name, payload) => send({ type: 'event', name, payload }),
    recheck: recheckInThread(new URL('recheck-worker.js', import.meta.url)),
    runExport: exportInThread(new URL('export-worker.js', import.meta.url)),
    collect: ({ inForce, references }, events) =>
      createCollectorThread(
        new URL('collector-worker.js', import.meta.url),
        { endpointsPath: start.endpointsPath, inForce, references },
        events,
      ),
    read: (moment) => createReaderThread(new URL('reader-worker.js', import.meta.url), { dataFolder: start.dataFolder }, moment),
  });
  port.on('message', (raw) => {
    const message = toEngineSchema.parse(raw);
    if (message.type === 'call') {
      void dispatch(engine.handlers, message.name, message.input).then((wire) => send({ type: 'reply', id: message.id, wire }));
      return;
    }
    void engine
      .stop()
      .catch(() => {})
      .then(() => {
        store.value.close();
        send({ type: 'stopped' });
        port.close();
        return undefined;
      });
  });
  engine.start();
  send({ type: 'ready' });
};

run();
