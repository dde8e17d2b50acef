/**
 * Polls a fleet without end and tells on standard output what is recorded, each time after the write returned. Made to be killed.
 * Arguments: data folder, endpoints file.
 */
import { writeSync } from 'node:fs';
import { openStore, type Store } from '../../store/store.ts';
import { createEngine } from '../engine.ts';
import { loadConfig } from '../load-config.ts';

const [dataFolder = '', endpointsFile = ''] = process.argv.slice(2);
/** Straight to the descriptor: what was said before the end was said, whatever buffers end with the process. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

const opened = openStore(dataFolder);
if (!opened.ok) throw new Error(opened.problem.message);
const config = loadConfig(endpointsFile, null);
if (!config.ok) throw new Error(config.problem.message);
const real = opened.value;
const store: Store = {
  ...real,
  write: {
    ...real.write,
    recordHosts: (records) => {
      real.write.recordHosts(records);
      for (const { id, seenAtMs } of records) say(`host ${seenAtMs} ${id}`);
    },
  },
  ledger: {
    ...real.ledger,
    seal: (...args) => {
      const sealed = real.ledger.seal(...args);
      if (sealed.ok && sealed.value !== null) say(`sealed ${sealed.value.size}`);
      return sealed;
    },
  },
};
const engine = createEngine({ store, ...config.value, version: '0', shell: 'console', dataFolder, emit: () => {} });
engine.start();
say('ready 0');
let step = 0;
setInterval(() => {
  step += 1;
  void engine.handlers['poll.now']({});
  const { rows } = store.findings.list({ openOnly: true }, 'newest', 0, 1, Date.now());
  const [first] = rows;
  if (first === undefined) return;
  const text = `step ${step} of ${process.pid}`;
  void Promise.resolve(engine.handlers['findings.note']({ on: { ids: [first.id] }, text })).then(() => say(`note ${first.id} ${text}`));
}, 100);
