import { fail, ok } from '../../shared/model/result.ts';
import { parseCommandLine, refuse, textValue } from './arguments.ts';
import { withLedger } from './audit-input.ts';
import type { Command } from './command.ts';

const HELP = `Usage: plumbline audit key --data DIR [--json]

Prints the verifier key of a ledger (name+hex+base64), one line: what its checkpoints are verified with. Keep it somewhere else, give it to
whoever has to check the ledger and to witnesses. It is what the ledger says of itself: whoever only has the ledger has to believe it.

  --json   {"key","entry","earlier":[…]}: the place of the entry that put it in force, and the keys before it

Nothing is written; the folder may be in use.

Exit status: 0 printed; 2 bad usage, no readable ledger, or one without a key.
Bounds: reads the entries about keys only, at most 10000.

Example: plumbline audit key --data ~/.local/share/plumbline > ledger.vkey
`;

export const auditKeyCommand: Command = {
  name: 'audit key',
  summary: 'print the key that the ledger of a data folder is verified with',
  help: HELP,
  run: (args, io) => {
    const parsed = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
    if (!parsed.ok) return Promise.resolve(refuse(io, `audit key: ${parsed.message}`));
    const { values, files } = parsed;
    if (values['help'] === true) {
      io.stdout(HELP);
      return Promise.resolve(0);
    }
    const data = textValue(values['data']);
    if (data === undefined || files.length > 0)
      return Promise.resolve(refuse(io, 'audit key: name the data folder with --data DIR (see --help)'));
    const found = withLedger(data, (ledger) => {
      const named = ledger.keys();
      const last = named.at(-1);
      return last === undefined
        ? fail('ledger-key', 'This ledger names no key.', 'It gets one when Plumbline runs for the first time.')
        : ok({ last, earlier: named.slice(0, -1) });
    });
    if (!found.ok) return Promise.resolve(refuse(io, `audit key: ${found.problem.message} ${found.problem.nextStep}`));
    const { last, earlier } = found.value;
    const report = { key: last.key.text, entry: last.seq, earlier: earlier.map(({ key, seq }) => ({ key: key.text, entry: seq })) };
    io.stdout(values['json'] === true ? `${JSON.stringify(report)}\n` : `${last.key.text}\n`);
    return Promise.resolve(0);
  },
};
