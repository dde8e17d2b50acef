/** What a re-check can find, and what to do about it. A notice is nothing wrong, but nothing to leave out either. */
const NEXT = {
  'entry-changed': 'Compare this entry with a backup or an export, and find out who could write to the database.',
  'entry-unreadable': 'Open the ledger with the version that wrote it; if that cannot read the entry either, compare it with a backup.',
  'entry-removed': 'Get the entry from a backup or an export, and find out who could write to the database.',
  'entry-inserted': 'Compare the entries around it with a backup or an export; one of them was never recorded.',
  'entry-reordered': 'Compare the order with a backup or an export.',
  'entry-misfiled': 'The entry itself was read from its bytes. Restore a backup, or lists may leave it out, and find out what wrote there.',
  'entries-rewritten': 'Compare these entries with a backup or an export: at least one of them is not what was signed.',
  'leaf-hash-changed': 'The entry itself fits what was signed. Rebuild the hashes from the entries, and find out what wrote there.',
  'tile-damaged': 'The entries fit what was signed. Rebuild the tiles from the entries, or proofs will not verify.',
  'ledger-rewound': 'Look for the newer database: what was recorded after this point is not here.',
  'ledger-forked': 'Keep both checkpoints: together they show that the key signed two different histories.',
  'checkpoint-unreadable': 'Compare the checkpoint with a backup or an anchor.',
  'checkpoint-forged': 'Compare the checkpoint with a backup or an anchor: it or its signature was changed.',
  'checkpoint-misplaced': 'Compare the checkpoint with a backup: it was kept under another size or another ledger.',
  'key-swapped': 'Ask whoever runs this ledger which key is theirs, over another channel; do not trust what only this key signed.',
  'key-entry': 'Compare the entry with a backup; without it, checkpoints after it cannot be trusted.',
  'held-unusable': 'Check that the file is a checkpoint of this ledger.',
  'anchor-broken': 'Ask the witness or the time-stamp authority again, or compare with the copy that was put outside.',
  'evidence-changed': 'Do not rely on this evidence: its bytes are not those that the entry vouches for.',
  'not-yet-covered': 'Nothing to do: the next checkpoint covers them. Until then they could be changed unseen.',
  'time-backwards': 'Check the clock of the machine at that time; no entry explains the jump.',
  'key-first-use': 'Give the verifier key that you got over another channel, to see a key that was swapped from the start.',
  'evidence-missing': 'Nothing to do where the retention window has passed; otherwise get it from a backup.',
  'anchor-unverified': 'Give the keys of the witnesses and the roots of the time-stamp authority to verify these anchors, too.',
  'more-problems': 'Solve those that are named first.',
} as const;

export type RecheckCode = keyof typeof NEXT;
export type Range = { readonly from: number; readonly to: number };

export type RecheckProblem = {
  readonly code: RecheckCode;
  /** The one entry that it is about. */
  readonly seq?: number;
  /** Entries from and to, both included. */
  readonly range?: Range;
  readonly sentence: string;
  readonly next: string;
};

export type Where = { readonly seq?: number; readonly range?: Range };

export type Problems = {
  readonly add: (code: RecheckCode, sentence: string, where?: Where) => void;
  readonly notice: (code: RecheckCode, sentence: string, where?: Where) => void;
  readonly all: () => { readonly problems: readonly RecheckProblem[]; readonly notices: readonly RecheckProblem[] };
};

/** A ledger of which every entry is wrong must not make a report as large as itself. */
export const createProblems = (max: number): Problems => {
  const lists = { problems: [] as RecheckProblem[], notices: [] as RecheckProblem[] };
  const dropped = { problems: 0, notices: 0 };
  const add =
    (list: keyof typeof lists) =>
    (code: RecheckCode, sentence: string, where: Where = {}): void => {
      // Each kind is named at least once, however much there is of another: much changed evidence must not hide one removed entry.
      if (lists[list].length >= max && lists[list].some((one) => one.code === code)) dropped[list] += 1;
      else lists[list].push({ code, ...where, sentence, next: NEXT[code] });
    };
  const whole = (list: keyof typeof lists): readonly RecheckProblem[] =>
    dropped[list] === 0
      ? lists[list]
      : [...lists[list], { code: 'more-problems', sentence: `${dropped[list]} more are not named.`, next: NEXT['more-problems'] }];
  return { add: add('problems'), notice: add('notices'), all: () => ({ problems: whole('problems'), notices: whole('notices') }) };
};

export const entriesIn = ({ from, to }: Range): string => (from === to ? `Entry ${from}` : `Entries ${from} to ${to}`);
