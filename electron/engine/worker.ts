import { parentPort, workerData } from 'node:worker_threads';
import type { EventName, EventPayload, Registered } from '../../shared/contract/contract.ts';
import { dispatch } from '../../shared/contract/dispatch.ts';
import { WRITER_CACHE_KIB } from '../store/readers.ts';
import { ok, type Result } from '../../shared/model/result.ts';
import { openReadOnlyStore, openStore } from '../store/store.ts';
import { createCollectorThread } from './collector-thread.ts';
import { createEngine } from './engine.ts';
import { loadConfig } from './load-config.ts';
import { exportInThread } from './exports/thread.ts';
import { type EngineStart, engineStartSchema, type FromEngine, toEngineSchema } from './messages.ts';
import { openPackView } from './pack-view/open-pack-view.ts';
import { createPackEngine } from './pack-view/pack-engine.ts';
import { createReadOnlyEngine } from './read-only/read-only-engine.ts';
import { createReaderThread } from './readers/reader-thread.ts';
import { recheckInThread } from './upkeep/recheck/thread.ts';

type Running = {
  readonly handlers: Registered;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  readonly close: () => void;
};
type Emit = <N extends EventName>(name: N, payload: EventPayload<N>) => void;

const beside = (name: string): URL => new URL(`${name}-worker.js`, import.meta.url);

const writing = (start: EngineStart, emit: Emit): Result<Running> => {
  const config = loadConfig(start.endpointsPath, start.manifestPath);
  if (!config.ok) return config;
  const store = openStore(start.dataFolder, WRITER_CACHE_KIB);
  if (!store.ok) return store;
  const engine = createEngine({
    store: store.value,
    ...config.value,
    version: start.version,
    shell: start.shell,
    dataFolder: start.dataFolder,
    leavesTo: start.leavesTo,
    emit,
    recheck: recheckInThread(beside('recheck')),
    runExport: exportInThread(beside('export')),
    collect: ({ inForce, references }, events) =>
      createCollectorThread(beside('collector'), { endpointsPath: start.endpointsPath, inForce, references }, events),
    read: (moment) => createReaderThread(beside('reader'), { dataFolder: start.dataFolder }, moment),
  });
  return ok({ ...engine, close: store.value.close });
};

const readingOnly = (start: EngineStart, emit: Emit): Result<Running> => {
  const opened = openReadOnlyStore(start.dataFolder);
  if (!opened.ok) return opened;
  const { folder, store } = opened.value;
  const engine = createReadOnlyEngine({
    opened: opened.value,
    version: start.version,
    shell: start.shell,
    dataFolder: start.dataFolder,
    emit,
    recheck: recheckInThread(beside('recheck')),
    read: (moment) => createReaderThread(beside('reader'), { dataFolder: folder }, moment),
  });
  return ok({ ...engine, close: store.close });
};

const showingPack = async (start: EngineStart, { file, keys }: NonNullable<EngineStart['pack']>): Promise<Result<Running>> => {
  const pack = await openPackView(file, keys);
  if (!pack.ok) return pack;
  const engine = createPackEngine({ pack: pack.value, file, version: start.version, shell: start.shell });
  return ok({ ...engine, close: pack.value.close });
};

const made = (start: EngineStart, emit: Emit): Result<Running> | Promise<Result<Running>> => {
  if (start.pack !== null) return showingPack(start, start.pack);
  return start.readOnly ? readingOnly(start, emit) : writing(start, emit);
};

/** The engine's own thread: recording, and answers. What it need not do itself has threads beside it, for collecting and for reading. */
const run = async (): Promise<void> => {
  const port = parentPort;
  if (!port) throw new Error('the engine runs in a worker thread');
  const send = (message: FromEngine): void => port.postMessage(message);
  const start = engineStartSchema.parse(workerData);
  const emit: Emit = (name, payload) => send({ type: 'event', name, payload });
  const running = await made(start, emit);
  if (!running.ok) return send({ type: 'failed', problem: running.problem });
  const engine = running.value;
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
        engine.close();
        send({ type: 'stopped' });
        port.close();
        return undefined;
      });
  });
  engine.start();
  send({ type: 'ready' });
};

void run();
