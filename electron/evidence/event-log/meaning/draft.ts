import { visibleText } from '../../../../shared/model/hostile-text.ts';
import { asBuffer } from '../../hashing.ts';
import type { DataCoverage } from '../../types.ts';
import type { DraftFact, DraftMeaning, EventMeaning, MeaningKind } from './types.ts';

/** More than this of one event helps nobody; dbx entries are not facts, and a Windows boot has some 150. */
export const MAX_FACTS = 256;
const MAX_VALUE_CHARACTERS = 300;
const PLAIN = /^[\x20-\x7e]*$/u;

/** Most firmware texts are plain ASCII, which needs no escaping; testing for that is ten times cheaper than escaping. */
export const visible = (text: string, max: number): string => (text.length <= max && PLAIN.test(text) ? text : visibleText(text, max));

/** From the part that a digest of the value alone covers too. */
export const valueFact = (label: string, value: string): DraftFact => ({
  label,
  value: visible(value, MAX_VALUE_CHARACTERS),
  part: 'value',
});
export const wholeFact = (label: string, value: string): DraftFact => ({
  label,
  value: visible(value, MAX_VALUE_CHARACTERS),
  part: 'whole',
});
/** Beside the digest, or our own conclusion. */
export const claim = (label: string, value: string): DraftFact => ({
  label,
  value: visible(value, MAX_VALUE_CHARACTERS),
  part: 'outside',
});

export const draft = (kind: MeaningKind, subject: string, facts: readonly DraftFact[] = []): DraftMeaning => ({
  kind,
  subject: visible(subject, 200),
  facts:
    facts.length > MAX_FACTS ? [...facts.slice(0, MAX_FACTS), claim('more', `${facts.length - MAX_FACTS} facts are not shown`)] : facts,
});

type Covered = { readonly data: DataCoverage; readonly partial: boolean };

/** Marks every fact with what the event's digest covers. Verified still means: once the PCR is proven. */
export const settle = (meaning: DraftMeaning, coverage: Covered): EventMeaning => ({
  ...meaning,
  facts: meaning.facts.map(({ label, value, part }) => ({
    label,
    value,
    basis: coverage.data === 'verified' && (part === 'value' || (part === 'whole' && !coverage.partial)) ? 'verified' : 'claimed',
  })),
});

export const withoutTrailingNul = (data: Uint8Array): Uint8Array => {
  let end = data.length;
  while (end > 0 && data[end - 1] === 0) end -= 1;
  return data.subarray(0, end);
};

/** Whether the bytes look like UCS-2 of mostly Latin text. */
export const isUcs2 = (data: Uint8Array): boolean => {
  if (data.length < 4 || data.length % 2 !== 0) return false;
  let zeros = 0;
  for (let i = 1; i < data.length && i < 512; i += 2) if (data[i] === 0) zeros += 1;
  return zeros * 2 > Math.min(data.length, 512) * 0.8;
};

const MAX_TEXT_BYTES = 64 * 1024;

/** Text of firmware and boot loaders, ASCII, UTF-8 or UCS-2; not yet visible. */
export const rawText = (data: Uint8Array): string => {
  const bytes = data.subarray(0, MAX_TEXT_BYTES);
  if (isUcs2(bytes)) return asBuffer(bytes).toString('utf16le').replace(/\0+$/u, '');
  return asBuffer(withoutTrailingNul(bytes)).toString('utf8');
};
