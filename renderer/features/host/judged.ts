import type { ImaRow } from '../../../shared/contract/schemas.ts';
import type { MarkKind } from '../../ui/verdict-mark.tsx';

type Judged = { readonly mark: MarkKind; readonly word: string; readonly sentence: string };

const JUDGED: Readonly<Record<ImaRow['judged'], Judged>> = {
  allowed: { mark: 'trusted', word: 'allowed', sentence: 'The reference allows this file with this digest.' },
  changed: { mark: 'failed', word: 'changed', sentence: 'The reference knows this file with another digest.' },
  'unknown-path': { mark: 'failed', word: 'unknown file', sentence: 'The reference does not know this file.' },
  violation: { mark: 'failed', word: 'violation', sentence: 'The kernel recorded that the file changed while it was measured.' },
  excluded: { mark: 'not-required', word: 'not judged', sentence: 'The reference leaves this file out on purpose.' },
  'no-reference': { mark: 'inconclusive', word: 'no reference', sentence: 'There is no runtime reference to judge it by.' },
};

/** What the reference says of a file counts only where the quoted value covers the entry. */
export const judgedOf = ({ judged, proven }: Pick<ImaRow, 'judged' | 'proven'>): Judged =>
  judged === 'allowed' && !proven
    ? { mark: 'inconclusive', word: 'allowed, not proven', sentence: 'The reference allows it, but nothing proves that this is what ran.' }
    : JUDGED[judged];
