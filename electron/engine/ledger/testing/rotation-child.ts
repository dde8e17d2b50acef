/**
 * Rotates the key of a ledger without end, and puts checkpoints into a folder. Made to be killed. Arguments: data folder, folder outside.
 */
import { writeSync } from 'node:fs';
import { valueOf } from '../../../ledger/testing/ledger.ts';
import { openStore } from '../../../store/store.ts';
import { createAnchors } from '../anchors.ts';
import { headFile } from '../head-file.ts';
import { createKeeper } from '../keeper.ts';
import { keyFile } from '../key-file.ts';

const [folder = '', outside = ''] = process.argv.slice(2);
const store = valueOf(openStore(folder));
let nowMs = Date.now();
/** An hour passes between two rotations, so that an anchor is due each time. */
const clock = (): number => nowMs;
const anchors = createAnchors({ configs: [{ kind: 'folder', path: outside, everyMs: 60_000 }], store, nowMs: clock });
const keeper = createKeeper({
  store,
  anchors,
  keys: keyFile(folder),
  head: headFile(folder),
  nowMs: clock,
  version: '1',
  shell: 'console',
});
keeper.begin([], []);
const state = await keeper.handlers['ledger.state']({});
writeSync(1, `${state.verifierKey} ${state.problem?.code ?? 'none'}\n`);
for (;;) {
  nowMs += 3_600_000;
  writeSync(1, `${valueOf(keeper.rotate({ kind: 'system', name: 'test' }, 'a test')).text} none\n`);
  await anchors.settled();
  const [anchor] = anchors.state();
  if (anchor?.problem) throw new Error(anchor.problem.message);
}
