import { RE2JS } from 're2js';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { MAX_REFERENCE_ITEMS, type ReferenceItem } from '../../../shared/model/reference-set.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { short } from '../chain/link.ts';
import { excusesAll } from '../exclusion.ts';

/** The same text for the same item, whatever the order of its fields. */
export const itemKey = (item: ReferenceItem): string => {
  switch (item.kind) {
    case 'firmware':
      return JSON.stringify([item.kind, item.crtm, item.platformFirmware.toSorted()]);
    case 'boot-chain':
      return JSON.stringify([item.kind, item.shim, item.bootLoader, item.kernel, item.initrd, item.kernelCommandLine]);
    case 'secure-boot-key':
      return JSON.stringify([item.kind, item.database, item.owner, item.sha256]);
    case 'secure-boot-off':
      return JSON.stringify([item.kind]);
    case 'owner-key':
      return JSON.stringify([item.kind, item.list, item.sha256]);
    case 'file':
      return JSON.stringify([item.kind, item.path, item.digest]);
    case 'exclude':
    default:
      return JSON.stringify([item.kind, item.pattern]);
  }
};

/** Every item once, in the order in which they first appear. */
export const distinctItems = (items: Iterable<ReferenceItem>): ReferenceItem[] =>
  [...new Map([...items].toReversed().map((item) => [itemKey(item), item])).values()].toReversed();

const DATABASE_WORDS = { pk: 'PK', kek: 'KEK', db: 'db', dbx: 'dbx' } as const;
const LIST_WORDS = { mokList: 'MokList', mokListX: 'MokListX' } as const;

/** What an item says, in one line. */
export const itemWords = (item: ReferenceItem): string => {
  switch (item.kind) {
    case 'firmware':
      return `firmware with ${item.platformFirmware.length + (item.crtm === null ? 0 : 1)} measurements`;
    case 'boot-chain': {
      const stages = [
        ['shim', item.shim],
        ['boot loader', item.bootLoader],
        ['kernel', item.kernel],
        ['initial RAM disk', item.initrd],
      ] as const;
      const known = stages.flatMap(([name, digest]) => (digest === null ? [] : [`${name} ${short(digest)}`]));
      return `boot chain: ${[...known, ...(item.kernelCommandLine === null ? [] : ['kernel command line'])].join(', ')}`;
    }
    case 'secure-boot-key':
      return item.database === 'dbx'
        ? `revocation ${short(item.sha256)} in dbx`
        : `key ${short(item.sha256)} in ${DATABASE_WORDS[item.database]}`;
    case 'secure-boot-off':
      return 'secure boot may be off';
    case 'owner-key':
      return `machine owner keys: ${LIST_WORDS[item.list]} ${short(item.sha256)}`;
    case 'file':
      return `file ${visibleText(item.path, 300)} ${short(item.digest)}`;
    case 'exclude':
    default:
      return `files that are not judged: ${visibleText(item.pattern, 300)}`;
  }
};

/** How many of what, for lists: "2 boot chains, 310 files". */
export const countWords = (items: readonly ReferenceItem[]): string => {
  const names = {
    firmware: ['firmware entry', 'firmware entries'],
    'boot-chain': ['boot chain', 'boot chains'],
    'secure-boot-key': ['secure boot key', 'secure boot keys'],
    'secure-boot-off': ['permission to switch secure boot off', 'permissions to switch secure boot off'],
    'owner-key': ['machine owner key list', 'machine owner key lists'],
    file: ['file', 'files'],
    exclude: ['exclusion', 'exclusions'],
  } as const;
  const counts = new Map<ReferenceItem['kind'], number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${names[kind][count === 1 ? 0 : 1]}`).join(', ') || 'nothing';
};

/** Each is compiled once and tried on every file; ten thousand of the costliest take half a minute to compile alone. */
const MAX_EXCLUSIONS = 1_000;

const compiles = (pattern: string): RE2JS | null => {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return null;
  }
};

const refused = (message: string, nextStep: string): Result<never> => fail('reference-items', message, nextStep);

/** What no schema sees: patterns that cannot be evaluated in linear time or that excuse everything, items that say nothing. */
export const checkedItems = (items: readonly ReferenceItem[]): Result<readonly ReferenceItem[]> => {
  if (items.length === 0) return refused('There is nothing in it that a host could be held against.', 'Add at least one item.');
  if (items.length > MAX_REFERENCE_ITEMS)
    return refused(`It has ${items.length} items; at most ${MAX_REFERENCE_ITEMS} are taken.`, 'Divide it into several sets.');
  const exclusions = items.filter((item) => item.kind === 'exclude').length;
  if (exclusions > MAX_EXCLUSIONS)
    return refused(`It has ${exclusions} exclusions; at most ${MAX_EXCLUSIONS} are taken.`, 'Put together those that begin alike.');
  for (const item of items) {
    if (item.kind === 'firmware' && item.crtm === null && item.platformFirmware.length === 0)
      return refused('A firmware entry without any digest would match every firmware.', 'Give the digests that were measured.');
    if (item.kind === 'boot-chain' && item.shim === null && item.bootLoader === null && item.kernel === null)
      return refused('A boot chain names neither shim, boot loader nor kernel.', 'Give at least one of their digests.');
    const pattern = item.kind === 'exclude' ? item.pattern : item.kind === 'boot-chain' ? item.kernelCommandLine : null;
    if (pattern === null) continue;
    const compiled = compiles(pattern);
    if (compiled === null)
      return refused(`The pattern ${visibleText(pattern, 200)} is not one of RE2.`, 'Write it without look-around and back-references.');
    if (item.kind === 'exclude' && excusesAll(compiled))
      return refused(`The exclusion ${visibleText(pattern, 200)} matches every path.`, 'Let it begin with the folder that is meant.');
  }
  return ok(distinctItems(items));
};
