import { visibleText } from '../../../shared/model/hostile-text.ts';
import { verifyCosignature } from '../cosignature.ts';
import { isBy } from '../note.ts';
import { type Outside, readOutside } from './checkpoints.ts';
import type { Problems } from './problems.ts';
import type { LedgerSource, RecheckOptions, SourceAnchor, VerifiedAnchor } from './source.ts';

const WORDS = { file: 'put outside', witness: 'with a cosignature', 'time-stamp': 'with a time stamp' } as const;

export type Anchors = { readonly outside: readonly Outside[]; readonly verified: readonly VerifiedAnchor[] };

/**
 * What the anchors prove by themselves. The copy of an anchor inside of the database proves no more than the database; a cosignature or a
 * time stamp on it does, because whoever changed the database cannot make one of the past.
 */
export const readAnchors = (source: LedgerSource, options: RecheckOptions, problems: Problems): Anchors => {
  const outside: Outside[] = [];
  const verified: VerifiedAnchor[] = [];
  let unverified = 0;

  const broken = (size: number, why: string): void => problems.add('anchor-broken', `The anchor at ${size} entries does not hold: ${why}`);

  const witness = ({ checkpoint: { size }, note }: Outside): void => {
    const found = note.signatures.flatMap((signature) => {
      const key = options.witnessKeys?.find((one) => isBy(signature, one));
      return key === undefined ? [] : [{ key, result: verifyCosignature(note.text, signature, key) }];
    });
    if (found.length === 0) unverified += 1;
    for (const { key, result } of found) {
      if (!result.ok) broken(size, result.problem.message);
      else verified.push({ kind: 'witness', size, by: key.name, at: new Date(result.value.timestampSeconds * 1000).toISOString() });
    }
  };

  const timeStamp = ({ checkpoint: { size } }: Outside, { token, note }: SourceAnchor): void => {
    if (token === null) return broken(size, 'its time stamp is not kept.');
    const result = options.verifyTimeStamp?.(token, Buffer.from(note, 'utf8'));
    if (result === undefined) unverified += 1;
    else if ('problem' in result) broken(size, result.problem.message);
    else verified.push({ kind: 'time-stamp', size, by: null, at: result.at });
  };

  for (const anchor of source.anchors()) {
    const read = readOutside(anchor.note, WORDS[anchor.kind]);
    if (typeof read === 'string') {
      problems.add('anchor-broken', `An anchor's checkpoint cannot be read: ${read}`);
      continue;
    }
    outside.push(read);
    if (anchor.kind === 'witness') witness(read);
    else if (anchor.kind === 'time-stamp') timeStamp(read, anchor);
    else verified.push({ kind: 'file', size: read.checkpoint.size, by: null, at: null });
  }
  for (const { note, from } of options.held ?? []) {
    const named = visibleText(from);
    const read = readOutside(note, named);
    if (typeof read === 'string') problems.add('held-unusable', `The checkpoint ${named} cannot be read: ${read}`);
    else outside.push(read);
  }
  if (unverified > 0) problems.notice('anchor-unverified', `${unverified} anchors were not verified: no key or root for them was given.`);
  return { outside, verified };
};
