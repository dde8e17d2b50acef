import { existsSync } from 'node:fs';
import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { headFile } from '../engine/ledger/head-file.ts';
import { createKeeper } from '../engine/ledger/keeper.ts';
import { keyFile } from '../engine/ledger/key-file.ts';
import { whoActs } from '../engine/who.ts';
import { openStore } from '../store/store.ts';
import { parseCommandLine, refuse, textValue } from './arguments.ts';
import type { Command } from './command.ts';
import { fromCaller } from './read-file.ts';

const MAX_REASON = 2_000;

const HELP = `Usage: plumbline audit rotate-key --data DIR --reason TEXT [--json]

Makes a new key for the ledger of a data folder and deletes the old one. The ledger says so, with who and why, and the checkpoint right after
that entry is signed by both keys, so that one pinned key, of any time, is enough to verify all of it. Prints the new verifier key: keep it
somewhere else, and give it to each witness, which refuses checkpoints by a key that it does not know.

  --reason TEXT   why, at most ${MAX_REASON} characters; entered into the ledger
  --json          {"key"} on stdout

Plumbline must not be running on this folder. It may end at any moment: the ledger holds, and the next start goes on from there.
Do it after a backup was given away or a machine changed hands; back up the data folder afterwards, since an older copy does not know the new key.

Exit status: 0 the new key is in force; 2 bad usage, the folder is in use, or it could not be done.
Bounds: quick whatever the size of the ledger.

Example: plumbline audit rotate-key --data ~/.local/share/plumbline --reason 'yearly'
`;

export const auditRotateKeyCommand: Command = {
  name: 'audit rotate-key',
  summary: 'sign the ledger of a data folder with a new key from now on',
  help: HELP,
  run: (args, io) => {
    const parsed = parseCommandLine(args, { data: { type: 'string' }, reason: { type: 'string' }, json: { type: 'boolean' } });
    if (!parsed.ok) return Promise.resolve(refuse(io, `audit rotate-key: ${parsed.message}`));
    const { values, files } = parsed;
    if (values['help'] === true) {
      io.stdout(HELP);
      return Promise.resolve(0);
    }
    const [data, reason] = [textValue(values['data']), textValue(values['reason'])?.trim() ?? ''];
    if (data === undefined || reason === '' || reason.length > MAX_REASON || files.length > 0)
      return Promise.resolve(
        refuse(io, `audit rotate-key: --data DIR and --reason TEXT (1 to ${MAX_REASON} characters) are needed (see --help)`),
      );
    const folder = fromCaller(data);
    // Opening makes a folder that is not there, and a key for it.
    if (!existsSync(path.join(folder, 'plumbline.db')))
      return Promise.resolve(
        refuse(io, `audit rotate-key: there is no ledger in ${visibleText(folder, 300)}; name the data folder with --data`),
      );
    const store = openStore(folder);
    if (!store.ok) return Promise.resolve(refuse(io, `audit rotate-key: ${store.problem.message} ${store.problem.nextStep}`));
    try {
      const beside = { keys: keyFile(folder), head: headFile(folder) };
      const keeper = createKeeper({ store: store.value, ...beside, nowMs: Date.now, version: '', shell: '' });
      const rotated = keeper.rotate({ kind: 'os-user', name: whoActs() }, reason);
      if (!rotated.ok) return Promise.resolve(refuse(io, `audit rotate-key: ${rotated.problem.message} ${rotated.problem.nextStep}`));
      io.stdout(values['json'] === true ? `${JSON.stringify({ key: rotated.value.text })}\n` : `${rotated.value.text}\n`);
      return Promise.resolve(0);
    } finally {
      store.value.close();
    }
  },
};
