import { MAX_REFERENCE_ITEMS, referenceItemSchema, type ReferenceItem } from '../../../shared/model/reference-set.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { parseMeasuredBootPolicy } from '../../connectors/keylime/measured-boot-policy.ts';
import { parseRuntimePolicy } from '../../connectors/keylime/runtime-policy.ts';
import { breath } from '../breath.ts';

export type Imported = { readonly items: readonly unknown[]; readonly left: readonly string[] };

const EMPTY = fail('policy-empty', 'The policy accepts everything, so it is no reference.', 'Import a policy that names what is good.');

const fromRuntime = (text: string): Result<Imported> => {
  const parsed = parseRuntimePolicy(text);
  if (!parsed.ok) return parsed;
  if (parsed.value === null) return EMPTY;
  const { digests, excludes, notJudged } = parsed.value;
  const files = [...digests].flatMap(([path, known]) => known.map((digest) => ({ kind: 'file', path, digest })));
  return ok({ items: [...files, ...excludes.map((pattern) => ({ kind: 'exclude', pattern }))], left: notJudged });
};

const fromMeasuredBoot = (text: string): Result<Imported> => {
  const parsed = parseMeasuredBootPolicy(text);
  if (!parsed.ok) return parsed;
  if (parsed.value === null) return EMPTY;
  const { secureBoot, firmware, secureBootKeys, bootChains, machineOwnerKeys, notJudged } = parsed.value;
  const databases = (['pk', 'kek', 'db', 'dbx'] as const).map((database) => ({ database, keys: secureBootKeys[database] }));
  const lists = (['mokList', 'mokListX'] as const).map((list) => ({ list, digests: machineOwnerKeys[list] }));
  // A list that is there and empty allows nothing; as items it would say nothing, so it is told.
  const empty = databases.filter(({ keys }) => keys?.length === 0).map(({ database }) => `${database}: an empty list`);
  return ok({
    items: [
      ...(secureBoot ? [] : [{ kind: 'secure-boot-off' }]),
      ...firmware
        .filter((entry) => entry.crtm !== null || entry.platformFirmware.length > 0)
        .map((entry) => ({ kind: 'firmware', ...entry })),
      ...databases.flatMap(({ database, keys }) => (keys ?? []).map((key) => ({ kind: 'secure-boot-key', database, ...key }))),
      ...bootChains.map((chain) => ({ kind: 'boot-chain', ...chain })),
      ...lists.flatMap(({ list, digests }) => (digests ?? []).map((sha256) => ({ kind: 'owner-key', list, sha256 }))),
    ],
    left: [...notJudged, ...empty],
  });
};

/** Items that are looked at before others get their turn. */
const STEP = 2_000;

/** Items of a Keylime policy, as a person has it in a file. What it holds beyond items is named in `left` and not taken over. */
export const itemsOfPolicy = async (
  text: string,
  format: 'keylime-runtime' | 'keylime-measured-boot',
): Promise<Result<{ readonly items: readonly ReferenceItem[]; readonly left: readonly string[] }>> => {
  const imported = format === 'keylime-runtime' ? fromRuntime(text) : fromMeasuredBoot(text);
  if (!imported.ok) return imported;
  const candidates = imported.value.items;
  if (candidates.length > MAX_REFERENCE_ITEMS)
    return fail(
      'policy-large',
      `The policy has ${candidates.length} items; at most ${MAX_REFERENCE_ITEMS} are taken.`,
      'Divide it into several sets.',
    );
  const items: ReferenceItem[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const item = referenceItemSchema.safeParse(candidate);
    if (item.success) items.push(item.data);
    if (index % STEP === STEP - 1) await breath();
  }
  const unusable = candidates.length - items.length;
  const left = imported.value.left.map((part) => `${part}: not taken over.`);
  return ok({ items, left: unusable === 0 ? left : [...left, `${unusable} entries that no reference value can hold.`] });
};
