import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { ReferenceItem, ReferenceSet } from '../../../shared/model/reference-set.ts';
import { itemKey } from './items.ts';
import { setState } from './scope.ts';

export type Remark = { readonly set: number; readonly kind: 'unused' | 'conflict' | 'expired' | 'expires-soon'; readonly message: string };

const SOON_MS = 14 * 86_400_000;
const MAX_CONFLICTS = 20;

/** Text does not tell whether two queries share a host, so different ones are taken to be apart; all hosts overlap with any. */
const overlap = (a: ReferenceSet, b: ReferenceSet): boolean => a.scope === null || b.scope === null || a.scope === b.scope;

const digestsByPath = (set: ReferenceSet): ReadonlyMap<string, readonly string[]> => {
  const paths = new Map<string, string[]>();
  for (const item of set.items) if (item.kind === 'file') paths.set(item.path, [...(paths.get(item.path) ?? []), item.digest]);
  return paths;
};

const conflicts = (sets: readonly ReferenceSet[]): Remark[] => {
  const remarks: Remark[] = [];
  const paths = sets.map(digestsByPath);
  for (const [at, set] of sets.entries())
    for (const [before, other] of sets.slice(0, at).entries()) {
      if (!overlap(set, other)) continue;
      if (set.items.some((item) => item.kind === 'secure-boot-off') !== other.items.some((item) => item.kind === 'secure-boot-off'))
        remarks.push({
          set: set.id,
          kind: 'conflict',
          message: `One of the sets ${other.id} and ${set.id} lets secure boot be off; where both apply it may be.`,
        });
      for (const [path, digests] of paths[at] ?? []) {
        const known = paths[before]?.get(path);
        if (known === undefined || digests.some((digest) => known.includes(digest)) || remarks.length >= MAX_CONFLICTS) continue;
        const message = `${visibleText(path, 300)} has other digests here than in set ${other.id}; where both apply, either is accepted.`;
        remarks.push({ set: set.id, kind: 'conflict', message });
      }
    }
  return remarks;
};

/** Boot chains from outside hold patterns of their own, so that only their digests are compared with what was seen. */
const seenKey = (item: ReferenceItem): string => itemKey(item.kind === 'boot-chain' ? { ...item, kernelCommandLine: null } : item);
const isCompared = (item: ReferenceItem): boolean => item.kind !== 'exclude';

/** Collects what hosts measure, to tell which items nobody needs. */
export const createSeen = (): {
  readonly add: (items: readonly ReferenceItem[]) => void;
  readonly has: (item: ReferenceItem) => boolean;
} => {
  const keys = new Set<string>();
  return { add: (items) => items.forEach((item) => keys.add(seenKey(item))), has: (item) => keys.has(seenKey(item)) };
};

/** What a person should look at in the sets that are approved. Exclusions are not counted as unused. */
export const lintSets = (sets: readonly ReferenceSet[], isSeen: (item: ReferenceItem) => boolean, atMs: number): readonly Remark[] => {
  const approved = sets.filter((set) => set.state === 'approved').toSorted((a, b) => a.id - b.id);
  const valid = approved.filter((set) => setState(set, atMs) === 'valid');
  return [
    ...approved
      .filter((set) => setState(set, atMs) === 'expired')
      .map((set): Remark => ({ set: set.id, kind: 'expired', message: 'It is past its end and no longer counts. Withdraw or renew it.' })),
    ...valid
      .filter((set) => set.toMs !== null && set.toMs - atMs <= SOON_MS)
      .map((set): Remark => ({ set: set.id, kind: 'expires-soon', message: 'It ends within 14 days; hosts that need it will fail then.' })),
    ...conflicts(valid),
    ...valid.flatMap((set): Remark[] => {
      const compared = set.items.filter(isCompared);
      const unused = compared.filter((item) => !isSeen(item)).length;
      if (unused === 0) return [];
      const message =
        unused === compared.length
          ? 'No host seen has anything that it names.'
          : `${unused} of its ${compared.length} items were seen on no host.`;
      return [{ set: set.id, kind: 'unused', message }];
    }),
  ];
};
