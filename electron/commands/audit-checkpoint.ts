import { fail, ok } from '../../shared/model/result.ts';
import { openCheckpoint } from '../ledger/checkpoint.ts';
import { parseCommandLine, refuse, textValue } from './arguments.ts';
import { withLedger, writeNewFile } from './audit-input.ts';
import type { Command } from './command.ts';

const HELP = `Usage: plumbline audit checkpoint --data DIR [--out FILE] [--json]

Prints the newest signed checkpoint of a ledger (C2SP tlog-checkpoint): number of entries, root, signature. Keep it where this machine cannot
change it: with it, \`audit verify --checkpoint FILE\` sees later that the ledger was set back or rewritten, by whomever.

  --out FILE   write it to a new file instead; a file that is there is not overwritten
  --json       {"size","root","origin","note"} on stdout

Nothing is written to the data folder; it may be in use. The signature is verified with the keys that the ledger names.

Exit status: 0 done; 1 its signature does not hold; 2 bad usage, no readable ledger, or nothing signed yet.
Bounds: reads one checkpoint, whatever the size of the ledger.

Example: plumbline audit checkpoint --data ~/.local/share/plumbline --out /media/stick/2026-03-01.txt
`;

export const auditCheckpointCommand: Command = {
  name: 'audit checkpoint',
  summary: 'print the newest checkpoint of a ledger, to be kept elsewhere',
  help: HELP,
  run: (args, io) => {
    const parsed = parseCommandLine(args, { data: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean' } });
    if (!parsed.ok) return Promise.resolve(refuse(io, `audit checkpoint: ${parsed.message}`));
    const { values, files } = parsed;
    if (values['help'] === true) {
      io.stdout(HELP);
      return Promise.resolve(0);
    }
    const data = textValue(values['data']);
    if (data === undefined || files.length > 0)
      return Promise.resolve(refuse(io, 'audit checkpoint: name the data folder with --data DIR (see --help)'));
    const found = withLedger(data, (ledger) => {
      const newest = ledger.newest();
      return newest === null
        ? fail('ledger-unsigned', 'Nothing of this ledger is signed yet.', 'Start Plumbline once.')
        : ok({ note: newest.note, keys: ledger.keys().map(({ key }) => key) });
    });
    if (!found.ok) return Promise.resolve(refuse(io, `audit checkpoint: ${found.problem.message} ${found.problem.nextStep}`));
    const opened = openCheckpoint(found.value.note, found.value.keys);
    if (!opened.ok) {
      io.stderr(`plumbline: audit checkpoint: ${opened.problem.message} Run plumbline audit verify.\n`);
      return Promise.resolve(1);
    }
    const { size, root, origin } = opened.value.checkpoint;
    const { note } = found.value;
    const out = textValue(values['out']);
    const written = out === undefined ? null : writeNewFile(out, note);
    if (written?.ok === false) return Promise.resolve(refuse(io, `audit checkpoint: ${written.problem.message}`));
    if (values['json'] === true) io.stdout(`${JSON.stringify({ size, root: root.toString('base64'), origin, note })}\n`);
    else io.stdout(out === undefined ? note : `The first ${size} entries.\n`);
    return Promise.resolve(0);
  },
};
