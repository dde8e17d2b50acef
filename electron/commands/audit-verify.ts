import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { recheck, type RecheckReport } from '../ledger/recheck/recheck.ts';
import type { HeldCheckpoint } from '../ledger/recheck/source.ts';
import { parseVerifierKey, type VerifierKey } from '../ledger/verifier-key.ts';
import { auditEvidence } from '../store/audit/evidence.ts';
import { openForAudit } from '../store/audit/open.ts';
import { auditRecords, type RecordReport } from '../store/audit/records.ts';
import { auditSource } from '../store/audit/source.ts';
import { parseCommandLine, refuse, textValue } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { readBounded } from './read-file.ts';

const MAX_KEY_BYTES = 64 * 1024;
const MAX_CHECKPOINT_BYTES = 1024 * 1024;

const HELP = `Usage: plumbline audit verify --data DIR [--key KEY] [--checkpoint FILE] [--no-evidence] [--json]

Recomputes the ledger of a data folder from its entries alone, and trusts nothing of it but the key given. Names what was changed, removed,
inserted or reordered, a database that was set back, a second history, another key, records that say another thing than their entry, and
evidence that is not what its digest says. Nothing is written; the folder may be in use.

  --key KEY          the verifier key to trust (name+hex+base64), or a file with one a line. Without it, the first key of the ledger is
                     believed, which shows changes by anyone without that key, but not that the key was another from the start
  --checkpoint FILE  a checkpoint that was kept elsewhere: the way to see that a database was set back or rewritten by whoever has the key
  --no-evidence      do not unpack and hash the evidence that is kept
  --json             {"ok","entries","checkpoint","problems":[…],"notices":[…]} on stdout

It does not prove that what was entered was true, nor that everything was entered.

Exit status: 0 nothing is wrong; 1 something is; 2 bad usage or unreadable input.
Bounds: memory does not grow with the ledger; some 5 s for a million entries; evidence at most 512 MiB each.

Example: plumbline audit verify --data ~/.plumbline --key ledger.vkey --checkpoint from-the-auditor.txt
`;

type Asked = { readonly keys: readonly VerifierKey[]; readonly held: readonly HeldCheckpoint[]; readonly withEvidence: boolean };

const readKeys = async (given: string | undefined): Promise<Result<readonly VerifierKey[]>> => {
  if (given === undefined) return ok([]);
  const direct = parseVerifierKey(given.trim());
  if (direct.ok) return ok([direct.value]);
  const file = await readBounded(given, MAX_KEY_BYTES);
  if (!file.ok) return given.includes('+') ? direct : file;
  const keys: VerifierKey[] = [];
  for (const line of file.value.toString('utf8').split('\n')) {
    if (line.trim() === '') continue;
    const key = parseVerifierKey(line.trim());
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return keys.length > 0
    ? ok(keys)
    : fail('ledger-key', `${visibleText(given, 200)} holds no key.`, 'Give the line that `plumbline audit key` prints.');
};

const readHeld = async (given: string | undefined): Promise<Result<readonly HeldCheckpoint[]>> => {
  if (given === undefined) return ok([]);
  const file = await readBounded(given, MAX_CHECKPOINT_BYTES);
  return file.ok ? ok([{ note: file.value.toString('utf8'), from: `in ${visibleText(path.basename(given), 100)}` }]) : file;
};

type Found = { readonly ledger: RecheckReport; readonly records: RecordReport };

const examine = (folder: string, asked: Asked, io: CommandIo): Result<Found> => {
  const opened = openForAudit(folder);
  if (!opened.ok) return opened;
  const { db, close } = opened.value;
  try {
    const shouldStop = (entries: number): boolean => {
      if (io.isTty) io.stderr(`\r\u001b[K${entries} entries`);
      return io.signal.aborted;
    };
    const options = { keys: asked.keys, held: asked.held, shouldStop, ...(asked.withEvidence && { evidence: auditEvidence(db) }) };
    const ledger = recheck(auditSource(db), options);
    const steps = auditRecords(db);
    let step = steps.next();
    while (step.done !== true && !io.signal.aborted) step = steps.next();
    if (io.isTty) io.stderr('\r\u001b[K');
    if (step.done !== true) return fail('stopped', 'The check was stopped before its end.', 'Run it again.');
    return ok({ ledger, records: step.value });
  } catch (error) {
    const why = visibleText(error instanceof Error ? error.message : String(error), 300);
    return fail('data-damaged', `The database in ${visibleText(folder, 300)} cannot be read to its end: ${why}.`, 'Get it from a backup.');
  } finally {
    close();
  }
};

const asText = ({ ledger, records }: Found, isOk: boolean): string => {
  const lines = [
    `${ledger.entries} entries, ${ledger.checkpoints} checkpoints, ${records.spans} records and ${records.confirmations} confirmations held against them`,
    ledger.checkpoint === null ? 'No checkpoint fits.' : `Signed up to entry ${ledger.checkpoint.size - 1}: root ${ledger.checkpoint.root}`,
    ...ledger.keys.map((key) => `Key: ${visibleText(key, 300)}`),
    ...ledger.anchors.map(
      ({ kind, size, by, at }) =>
        `Anchored outside at ${size} entries: ${kind}${by === null ? '' : ` by ${visibleText(by, 100)}`}${at === null ? '' : ` at ${at}`}`,
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
  summary: 'recompute ledger, signatures and records of a data folder',
  help: HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, {
      data: { type: 'string' },
      key: { type: 'string' },
      checkpoint: { type: 'string' },
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
    if (data === undefined || files.length > 0) return refuse(io, 'audit verify: name the data folder with --data DIR (see --help)');
    const keys = await readKeys(textValue(values['key']));
    if (!keys.ok) return refuse(io, `audit verify: ${keys.problem.message} ${keys.problem.nextStep}`);
    const held = await readHeld(textValue(values['checkpoint']));
    if (!held.ok) return refuse(io, `audit verify: ${held.problem.message}`);
    const folder = path.resolve(process.env['INIT_CWD'] ?? '.', data);
    const found = examine(folder, { keys: keys.value, held: held.value, withEvidence: values['no-evidence'] !== true }, io);
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
