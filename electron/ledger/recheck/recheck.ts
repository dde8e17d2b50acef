import { type LedgerEntry, decodeEntry } from '../entry.ts';
import { type EntryHead, readEntryHead } from '../entry-head.ts';
import { evidenceDigestsOf } from '../entry-bodies.ts';
import { hashText, leafHashText } from '../hashing.ts';
import { readAnchors } from './anchors.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createKeys } from './keys.ts';
import { createOrder } from './order.ts';
import { type Problems, type RecheckProblem, createProblems } from './problems.ts';
import type { LedgerSource, RecheckOptions, SourceEntry, VerifiedAnchor } from './source.ts';
import { createTrees } from './trees.ts';

export type RecheckReport = {
  /** Whether nothing is wrong. Notices do not count. */
  readonly ok: boolean;
  /** False where the caller ended it early: then only what was read is judged. */
  readonly complete: boolean;
  readonly entries: number;
  /** Checkpoints of the ledger itself that were read. */
  readonly checkpoints: number;
  /** The last checkpoint that is properly signed and fits the entries. */
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string; readonly note: string } | null;
  /** Verifier keys in the order in which they were in force. */
  readonly keys: readonly string[];
  readonly anchors: readonly VerifiedAnchor[];
  readonly problems: readonly RecheckProblem[];
  readonly notices: readonly RecheckProblem[];
};

const MAX_PROBLEMS = 100;

/** Whether time runs forward; where it does not, an entry beside it should say why. */
const createClock = (problems: Problems): ((entry: EntryHead) => void) => {
  let last: EntryHead | null = null;
  return (entry) => {
    // One spelling per moment: texts order as moments do.
    if (last !== null && entry.at < last.at && last.kind !== 'clock.jumped' && entry.kind !== 'clock.jumped')
      problems.notice('time-backwards', `Entry ${entry.seq} is of ${entry.at}, entry ${last.seq} before it of ${last.at}.`, {
        seq: entry.seq,
      });
    last = entry;
  };
};

const createEvidence = (state: RecheckOptions['evidence'], problems: Problems): { see: (entry: LedgerEntry) => void; end: () => void } => {
  const missing = { count: 0, first: 0 };
  return {
    see: (entry) => {
      if (state === undefined) return;
      for (const digest of evidenceDigestsOf(entry.body)) {
        const found = state(digest);
        if (found === 'mismatch')
          problems.add('evidence-changed', `Evidence ${digest.slice(0, 12)}… of entry ${entry.seq} does not match its digest.`, {
            seq: entry.seq,
          });
        if (found !== 'missing') continue;
        if (missing.count === 0) missing.first = entry.seq;
        missing.count += 1;
      }
    },
    end: () => {
      const { count, first } = missing;
      if (count > 0)
        problems.notice('evidence-missing', `Evidence of ${count} digests is not kept here, first that of entry ${first}.`, { seq: first });
    },
  };
};

/**
 * Recomputes everything that a ledger says about itself from its entries alone, reading it once, in bounded memory. It shares nothing with
 * what writes the ledger but hashing and the formats.
 *
 * It does not prove that what the entries say was true when they were written, nor that everything that happened was entered. And who holds
 * the key can write another history: only checkpoints that were kept elsewhere show that.
 */
export const recheck = (source: LedgerSource, options: RecheckOptions = {}): RecheckReport => {
  const problems = createProblems(options.maxProblems ?? MAX_PROBLEMS);
  const keys = createKeys(options.keys ?? [], problems);
  const order = createOrder(problems);
  const trees = createTrees(source, problems);
  const anchors = readAnchors(source, options, problems);
  const checkpoints = createCheckpoints(source.checkpoints(), anchors.outside, { trees, keys, problems });
  const clock = createClock(problems);
  const evidence = createEvidence(options.evidence, problems);
  let entries = 0;
  /** How many entries are missing whose hashes are not kept either: from there on no root can fit, but order and time can still be checked. */
  let lost = 0;

  /** Entries are missing before `seq`. The tiles may still know their hashes; checkpoints in between are met on the way. */
  const bridgeTo = (seq: number): void => {
    if (lost === 0) while (trees.size() < seq && trees.bridge()) checkpoints.reached(trees.size());
    lost = Math.max(lost, seq - trees.size());
  };

  const seeBody = (head: EntryHead, bytes: Uint8Array | string): void => {
    clock(head);
    if (options.evidence === undefined && !head.kind.startsWith('key.')) return;
    const decoded = decodeEntry(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
    if (!decoded.ok) return;
    keys.entry(decoded.value);
    evidence.see(decoded.value);
  };

  const see = ({ seq, bytes, storedLeafHash, filed }: SourceEntry): void => {
    if (seq > trees.size() + lost) bridgeTo(seq);
    const leaf = leafHashText(bytes);
    const head = readEntryHead(bytes);
    if (!head.ok) problems.add('entry-unreadable', `Entry ${seq} cannot be read: ${head.problem.message}`, { seq });
    order.see(seq, head.ok ? head.value.seq : seq);
    trees.append(leaf, storedLeafHash === null ? leaf : hashText(storedLeafHash), seq);
    if (head.ok) {
      // Whoever looks for it would not find it, or would find it as another.
      if (filed !== undefined && (filed.kind !== head.value.kind || filed.subject !== head.value.subject))
        problems.add('entry-misfiled', `Entry ${seq} is kept under another kind or subject than its bytes say.`, { seq });
      seeBody(head.value, bytes);
    }
    entries += 1;
    checkpoints.reached(trees.size() + lost);
  };

  checkpoints.reached(0);
  let stopped = false;
  for (const block of source.entries()) {
    for (const entry of block) see(entry);
    stopped = options.shouldStop?.(entries) === true;
    if (stopped) break;
  }
  const next = order.end();
  evidence.end();
  trees.end(checkpoints.last()?.size ?? 0);
  checkpoints.end(trees.size() + lost, next, stopped);
  keys.end();
  const last = checkpoints.last();
  const all = problems.all();
  return {
    ok: all.problems.length === 0,
    complete: !stopped,
    entries,
    checkpoints: checkpoints.count(),
    checkpoint: last === null ? null : { origin: last.origin, size: last.size, root: last.root.toString('base64'), note: last.note },
    keys: keys.chain().map(({ text }) => text),
    anchors: anchors.verified,
    ...all,
  };
};
