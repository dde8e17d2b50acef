import { fail, ok, type Result } from '../../shared/model/result.ts';
import { openCheckpoint } from '../ledger/checkpoint.ts';
import { checkProofFile, formatProofFile } from '../ledger/proof-file.ts';
import type { LedgerFile } from '../store/audit/ledger-file.ts';
import { parseCommandLine, refuse, textValue } from './arguments.ts';
import { withLedger, writeNewFile } from './audit-input.ts';
import type { Command } from './command.ts';

const HELP = `Usage: plumbline audit proof --data DIR --entry N --out FILE [--json]

Writes one entry of a ledger with the proof that it is in it (C2SP tlog-proof): the entry, some 20 hashes, and the newest signed checkpoint.
Whoever has the verifier key checks it without Plumbline, with sh, OpenSSL and coreutils: docs/check-a-proof.sh.

  --entry N    place of the entry, from 0
  --out FILE   a new file; one that is there is not overwritten
  --json       {"entry","size","out","key"} on stdout

Nothing is written to the data folder; it may be in use. The proof is checked before it is written.

Exit status: 0 written; 1 the ledger does not hold there; 2 bad usage, no such entry, or one that no checkpoint covers yet.
Bounds: a file of at most 1.2 MB, some 2 KB as a rule; quick whatever the size of the ledger.

Example: plumbline audit proof --data ~/.local/share/plumbline --entry 7 --out entry-7.tlog-proof
`;

type Proven = { readonly text: string; readonly size: number; readonly key: string };

const ABSENT = new Set(['ledger-no-entry', 'ledger-not-covered', 'data-missing', 'data-damaged']);

const prove =
  (seq: number) =>
  (ledger: LedgerFile): Result<Proven> => {
    const entry = ledger.entry(seq);
    if (entry === null) return fail('ledger-no-entry', `There is no entry ${seq}; this ledger has ${ledger.size()}.`, 'Name another.');
    const newest = ledger.newest();
    if (newest === null || newest.size <= seq)
      return fail('ledger-not-covered', `No checkpoint covers entry ${seq} yet.`, 'Try again in a minute, while Plumbline runs.');
    const keys = ledger.keys().map(({ key }) => key);
    const opened = openCheckpoint(newest.note, keys);
    if (!opened.ok) return opened;
    const proof = ledger.inclusion(seq, opened.value.checkpoint.size);
    if (!proof.ok) return proof;
    const file = { index: seq, proof: proof.value, checkpoint: newest.note, entry };
    const checked = checkProofFile(file);
    if (!checked.ok) return checked;
    const text = formatProofFile(file);
    return text.ok ? ok({ text: text.value, size: checked.value.size, key: keys.at(-1)?.text ?? '' }) : text;
  };

export const auditProofCommand: Command = {
  name: 'audit proof',
  summary: 'write one entry of a ledger with its proof, to be checked without us',
  help: HELP,
  run: (args, io) => {
    const options = { data: { type: 'string' }, entry: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean' } } as const;
    const parsed = parseCommandLine(args, options);
    if (!parsed.ok) return Promise.resolve(refuse(io, `audit proof: ${parsed.message}`));
    const { values, files } = parsed;
    if (values['help'] === true) {
      io.stdout(HELP);
      return Promise.resolve(0);
    }
    const [data, entry, out] = [textValue(values['data']), textValue(values['entry']), textValue(values['out'])];
    if (data === undefined || entry === undefined || out === undefined || files.length > 0)
      return Promise.resolve(refuse(io, 'audit proof: --data DIR, --entry N and --out FILE are needed (see --help)'));
    if (!/^(?:0|[1-9]\d{0,14})$/.test(entry)) return Promise.resolve(refuse(io, 'audit proof: --entry is the place of an entry, from 0'));
    const proven = withLedger(data, prove(Number(entry)));
    if (!proven.ok) {
      const { code, message, nextStep } = proven.problem;
      if (ABSENT.has(code)) return Promise.resolve(refuse(io, `audit proof: ${message} ${nextStep}`));
      io.stderr(`plumbline: audit proof: ${message} Run plumbline audit verify.\n`);
      return Promise.resolve(1);
    }
    const { text, size, key } = proven.value;
    const written = writeNewFile(out, text);
    if (!written.ok) return Promise.resolve(refuse(io, `audit proof: ${written.problem.message}`));
    io.stdout(
      values['json'] === true
        ? `${JSON.stringify({ entry: Number(entry), size, out, key })}\n`
        : `Entry ${entry} of ${size}. To check it: sh docs/check-a-proof.sh FILE '${key}'\n`,
    );
    return Promise.resolve(0);
  },
};
