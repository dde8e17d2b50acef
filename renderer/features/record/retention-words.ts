import type { Retention } from '../../../shared/contract/job-schemas.ts';

export type RetentionKey = keyof Retention;
export const MAX_DAYS = 36_500;
const DAY_MS = 86_400_000;

type Kind = {
  readonly key: RetentionKey;
  readonly word: string;
  /** What it is, for whoever decides for how long. */
  readonly hint: string;
  /** What is deleted of it; the moment follows. */
  readonly goes: string;
  /** What stays all the same. */
  readonly stays: string;
};

export const KINDS: readonly Kind[] = [
  {
    key: 'confirmationsDays',
    word: 'Confirmations',
    hint: 'Who was confirmed when, by which quote.',
    goes: 'Confirmations from before',
    stays: 'The ledger keeps one root over each batch.',
  },
  {
    key: 'quotesDays',
    word: 'Quotes of routine',
    hint: 'One quote a day of each host, whole.',
    goes: 'Quotes of routine from before',
    stays: 'Those with which a span of history began count as evidence.',
  },
  {
    key: 'evidenceDays',
    word: 'Evidence',
    hint: 'Logs, lists, references and quotes with which a span of history began, counted from its end.',
    goes: 'Evidence of what ended before',
    stays: 'The newest evidence of each host always stays.',
  },
  {
    key: 'trendDays',
    word: 'Points of the trend',
    hint: 'Every one of them; after that one an hour, after a year one a day.',
    goes: 'Points of the trend from before',
    stays: 'One an hour stays, after a year one a day.',
  },
];

export type Draft = Readonly<Record<RetentionKey, string>>;
export const draftOf = ({ confirmationsDays, quotesDays, evidenceDays, trendDays }: Retention): Draft => ({
  confirmationsDays: String(confirmationsDays),
  quotesDays: String(quotesDays),
  evidenceDays: String(evidenceDays),
  trendDays: String(trendDays),
});

const daysIn = (text: string): number | null => {
  const trimmed = text.trim();
  const days = /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : 0;
  return days >= 1 && days <= MAX_DAYS ? days : null;
};

export type Read = { readonly retention: Retention | null; readonly errors: Readonly<Partial<Record<RetentionKey, string>>> };

/** What a draft means, or what is wrong in which field. */
export const readDraft = (draft: Draft): Read => {
  const [confirmationsDays, quotesDays, evidenceDays, trendDays] = [
    daysIn(draft.confirmationsDays),
    daysIn(draft.quotesDays),
    daysIn(draft.evidenceDays),
    daysIn(draft.trendDays),
  ];
  const wrong = KINDS.filter(({ key }) => daysIn(draft[key]) === null).map(({ key }) => [key, 'Give whole days, 1 to 36,500.']);
  const errors: Read['errors'] = Object.fromEntries(wrong);
  return confirmationsDays === null || quotesDays === null || evidenceDays === null || trendDays === null
    ? { retention: null, errors }
    : { retention: { confirmationsDays, quotesDays, evidenceDays, trendDays }, errors };
};

export type Difference = Kind & { readonly before: number; readonly after: number };
export const differencesOf = (before: Retention, after: Retention): readonly Difference[] =>
  KINDS.filter(({ key }) => before[key] !== after[key]).map((kind) => ({ ...kind, before: before[kind.key], after: after[kind.key] }));

/** What is from before this moment is older than so many days. */
export const cutOffMs = (nowMs: number, days: number): number => nowMs - days * DAY_MS;
