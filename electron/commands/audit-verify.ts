import { visibleText } from '../../shared/model/hostile-text.ts';
import { ok, type Result } from '../../shared/model/result.ts';
import type { RecheckOptions } from '../ledger/recheck/source.ts';
import { timeStampsBy } from '../ledger/timestamp/by-roots.ts';
import { examine, type Examined } from '../store/audit/examine.ts';
import { parseCommandLine, refuse, textValue } from './arguments.ts';
import { MAX_CHECKPOINT_FILES, readHeld, readKeys, readRoots } from './audit-input.ts';
import { verifyFile } from './audit-verify-file.ts';
import type { Command, CommandIo } from './command.ts';
import { fromCaller } from './read-file.ts';

const HELP = `Usage: plumbline audit verify --data DIR [--key KEY] [--checkpoint FILE|DIR] [--witness-key KEY] [--tsa-roots FILE] [--no-evidence] [--json]
       plumbline audit verify FILE [--key KEY] [--json]
       plumbline audit verify FILE.pdf [--key KEY] [--data DIR] [--json]

Recomputes the ledger of a data folder from its entries alone, and trusts nothing of it but the key given. Names what was changed, removed,
inserted or reordered, a database that was set back, a second history, another key, records that say another thing than their entry, and
evidence that is not what its digest says. Nothing is written; the folder may be in use.

FILE is an evidence pack. It is checked offline: every byte of the zip against its hashes, checkpoint and proofs against the key, what it says of
hosts against the entries; then its evidence is verified again and compared with what was recorded. Nothing of it is unpacked to the disk.

FILE.pdf is a report. It is checked offline: its form byte by byte, what is attached against the proof that is attached, checkpoint and entries
against the key, rows against entries; where the evidence is attached, that is verified again. A signature of an organisation is verified, and
whose certificate it is by is said; whether to trust that certificate is not. The pages are not read. With --data, the entry of its export
is looked for in the ledger of that folder, by the digest of the file.

  --key KEY          the verifier key to trust (name+hex+base64), or a file with one a line. Without it, the first key of the ledger is
                     believed, which shows changes by anyone without that key, but not that the key was another from the start.
                     Of a pack without it, the key in the pack is used: then nothing shows who made it, and it says so
  --checkpoint FILE  a checkpoint that was kept elsewhere: the way to see that a database was set back or rewritten by whoever has the key.
                     A folder: all of those that an anchor of that kind put there
  --witness-key KEY  the key of a witness, or a file with one a line: its cosignatures in the database are verified
  --tsa-roots FILE   root certificates (PEM) of time-stamp authorities: the time stamps in the database are verified
  --no-evidence      do not unpack and hash the evidence that is kept
  --json             {"ok","entries","checkpoint","problems":[…],"notices":[…]} on stdout; of a pack also keyPinned, hosts, quotes, notKept;
                     of a PDF these and report, sha256, signature, evidence, export

It does not prove that what was entered was true, nor that everything was entered.

Exit status: 0 nothing is wrong; 1 something is; 2 bad usage or unreadable input.
Bounds: memory does not grow with the ledger; some 5 s for a million entries; evidence at most 512 MiB each;
a pack of at most 8 GiB, 250,000 files and 32 GiB unpacked; a PDF of at most 512 MiB, each attachment of at most 256 MiB; a folder of at most ${MAX_CHECKPOINT_FILES} checkpoints; without --witness-key and --tsa-roots anchors are counted, not verified.

Example: plumbline audit verify --data ~/.plumbline --key ledger.vkey --checkpoint from-the-auditor.txt
`;

type Asked = Pick<RecheckOptions, 'keys' | 'held' | 'witnessKeys' | 'verifyTimeStamp'> & { readonly withEvidence: boolean };

const readAsked = async (values: Readonly<Record<string, string | boolean | undefined>>): Promise<Result<Asked>> => {
  const keys = await readKeys(textValue(values['key']), 'ed25519');
  if (!keys.ok) return keys;
  const witnessKeys = await readKeys(textValue(values['witness-key']), 'cosignature');
  if (!witnessKeys.ok) return witnessKeys;
  const roots = await readRoots(textValue(values['tsa-roots']));
  if (!roots.ok) return roots;
  const held = await readHeld(textValue(values['checkpoint']));
  if (!held.ok) return held;
  return ok({
    keys: keys.value,
    held: held.value,
    witnessKeys: witnessKeys.value,
    ...(roots.value !== null && { verifyTimeStamp: timeStampsBy(roots.value) }),
    withEvidence: values['no-evidence'] !== true,
  });
};

const examineFor = (folder: string, asked: Asked, io: CommandIo): Result<Examined> => {
  const found = examine(folder, {
    ...asked,
    onProgress: (entries, of) => {
      if (io.isTty) io.stderr(`\r\u001b[K${entries} of ${of} entries`);
    },
    isStopped: () => io.signal.aborted,
  });
  if (io.isTty) io.stderr('\r\u001b[K');
  return found;
};

const asText = ({ ledger, records }: Examined, isOk: boolean): string => {
  const lines = [
    `${ledger.entries} entries, ${ledger.checkpoints} checkpoints, ${records.spans} records and ${records.confirmations} confirmations held against them`,
    ledger.checkpoint === null ? 'No checkpoint fits.' : `Signed up to entry ${ledger.checkpoint.size - 1}: root ${ledger.checkpoint.root}`,
    ...ledger.keys.map((key) => `Key: ${visibleText(key, 300)}`),
    ...ledger.anchors.map(({ kind, size, by, at }) =>
      kind === 'file'
        ? // The copy in the database shows nothing by itself.
          `Put into a folder at ${size} entries, as the database says`
        : `Anchored outside at ${size} entries: ${kind}${by === null ? '' : ` by ${visibleText(by, 100)}`}${at === null ? '' : ` at ${at}`}`,
    ),
  ];
  for (const { code, sentence, next } of [...ledger.problems, ...records.problems])
    lines.push(`WRONG ${code}: ${visibleText(sentence, 1_000)}\n      ${next}`);
  for (const { code, sentence } of ledger.notices) lines.push(`note  ${code}: ${visibleText(sentence, 1_000)}`);
  if (records.purged > 0) lines.push(`note  confirmations-purged: ${records.purged} batches of confirmations are not kept any more.`);
  lines.push(isOk ? 'Nothing is wrong.' : 'The ledger does not hold.');
  return `${lines.join('\n')}\n`;
};

export const auditVerifyCommand: Command = {
  name: 'audit verify',
  summary: 'recompute ledger, signatures and records of a data folder, or check an evidence pack or a PDF',
  help: HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, {
      data: { type: 'string' },
      key: { type: 'string' },
      checkpoint: { type: 'string' },
      'witness-key': { type: 'string' },
      'tsa-roots': { type: 'string' },
      'no-evidence': { type: 'boolean' },
      json: { type: 'boolean' },
    });
    if (!parsed.ok) return refuse(io, `audit verify: ${parsed.message}`);
    const { values, files } = parsed;
    if (values['help'] === true) {
      io.stdout(HELP);
      return 0;
    }
    const data = textValue(values['data']);
    const [file] = files;
    if (files.length > 1 || (data === undefined && file === undefined))
      return refuse(io, 'audit verify: name the data folder with --data DIR, or one evidence pack or PDF (see --help)');
    if (file !== undefined) {
      const other = ['checkpoint', 'witness-key', 'tsa-roots', 'no-evidence'].find((name) => values[name] !== undefined);
      if (other !== undefined) return refuse(io, `audit verify: --${other} goes with --data, without a FILE`);
      const keys = await readKeys(textValue(values['key']), 'ed25519');
      if (!keys.ok) return refuse(io, `audit verify: ${keys.problem.message} ${keys.problem.nextStep}`);
      return verifyFile({ file, keys: keys.value, data: data ?? null, json: values['json'] === true }, io);
    }
    if (data === undefined) return refuse(io, 'audit verify: name the data folder with --data DIR (see --help)');
    const asked = await readAsked(values);
    if (!asked.ok) return refuse(io, `audit verify: ${asked.problem.message} ${asked.problem.nextStep}`);
    const found = examineFor(fromCaller(data), asked.value, io);
    if (!found.ok) return refuse(io, `audit verify: ${found.problem.message} ${found.problem.nextStep}`);
    const { ledger, records } = found.value;
    const problems = [...ledger.problems, ...records.problems];
    const isOk = ledger.ok && ledger.complete && problems.length === 0;
    const { entries, checkpoint, notices, keys: used, anchors } = ledger;
    io.stdout(
      values['json'] === true
        ? `${JSON.stringify({ ok: isOk, entries, checkpoint, keys: used, anchors, records: { spans: records.spans, confirmations: records.confirmations, purged: records.purged }, problems, notices })}\n`
        : asText(found.value, isOk),
    );
    return isOk ? 0 : 1;
  },
};
