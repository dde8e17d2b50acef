import type { RecheckFound, RecheckOutcome } from '../../../shared/contract/job-schemas.ts';
import type { MarkKind } from '../../ui/verdict-mark.tsx';
import { count } from '../../ui/words.ts';

export const OUTCOME: Readonly<Record<RecheckOutcome, { readonly mark: MarkKind; readonly word: string }>> = {
  holds: { mark: 'trusted', word: 'Holds' },
  partly: { mark: 'inconclusive', word: 'Not all of it evaluated' },
  broken: { mark: 'failed', word: 'Does not hold' },
};

/** What happened, in a word or two; a code that a later engine knows is told by its sentence alone. */
const WHAT: Readonly<Record<string, string>> = {
  'entry-changed': 'Changed',
  'entry-unreadable': 'Unreadable',
  'entry-removed': 'Removed',
  'entry-inserted': 'Inserted',
  'entry-reordered': 'Reordered',
  'entry-misfiled': 'Misfiled',
  'entries-rewritten': 'Rewritten',
  'leaf-hash-changed': 'Hash changed',
  'tile-damaged': 'Hashes damaged',
  'ledger-rewound': 'Set back',
  'ledger-forked': 'Second history',
  'checkpoint-unreadable': 'Checkpoint unreadable',
  'checkpoint-forged': 'Checkpoint forged',
  'checkpoint-misplaced': 'Checkpoint misplaced',
  'key-swapped': 'Key swapped',
  'key-entry': 'Key entry unreadable',
  'held-unusable': 'Given checkpoint',
  'anchor-broken': 'Anchor broken',
  'anchor-missing': 'Anchor missing',
  'evidence-changed': 'Evidence changed',
  'record-changed': 'History changed',
  'record-missing': 'History missing',
  'record-not-entered': 'History not entered',
  'confirmations-changed': 'Confirmations changed',
  'manifest-changed': 'Manifest changed',
  'database-damaged': 'Database damaged',
  'more-problems': 'And more',
  'not-yet-covered': 'Not signed yet',
  'key-first-use': 'The key',
  'evidence-missing': 'Evidence not kept',
  'anchor-unverified': 'Anchors',
  'no-checkpoint': 'No signature',
  'nothing-outside': 'An older or second ledger',
  'confirmations-purged': 'Confirmations not kept',
  'time-backwards': 'Time ran backwards',
};

export const whatWords = ({ code }: Pick<RecheckFound, 'code'>): string => WHAT[code] ?? code;

/** Which entries it is about; null where it is about none in particular. */
export const whereWords = ({ entry, entries }: Pick<RecheckFound, 'entry' | 'entries'>): string | null => {
  if (entry !== null) return `Entry ${count(entry)}`;
  if (entries === null) return null;
  return entries.from === entries.to ? `Entry ${count(entries.from)}` : `Entries ${count(entries.from)} to ${count(entries.to)}`;
};
