import type { ReferenceItem } from '../../../shared/model/reference-set.ts';
import type { BootEvent } from '../../evidence/types.ts';
import { byFirmware, digestOf, extendedIn } from '../chain/boot-log.ts';
import { COMMAND_LINE, INITIAL_RAM_DISK, isStarted } from '../chain/boot-stages.ts';
import { isFirmware } from '../chain/measured-boot.ts';
import { isBuffer } from '../chain/runtime-entries.ts';
import { distinctItems, itemKey, itemWords } from './items.ts';
import type { Measured } from './measured.ts';

export type BootChain = Extract<ReferenceItem, { kind: 'boot-chain' }>;
export type Captured = {
  readonly items: readonly ReferenceItem[];
  /** What was measured and could not be turned into a reference value, in words. */
  readonly left: readonly string[];
};

const HEX256 = /^[0-9a-f]{64}$/u;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
/** Longer text is cut when it is read, so that a pattern of it would not say all. */
const MAX_COMMAND_LINE = 4_000;
const MAX_PATH = 4_096;

export const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\-]/gu, '\\$&');
/** Accepts exactly the text of this command line. */
export const exactly = (lines: readonly string[]): string => `^(?:${lines.map(escaped).join('|')})$`;

export const commandLineOf = (event: BootEvent): string | null => {
  const line = event.text ?? '';
  return event.data === 'verified' && COMMAND_LINE.test(line) && line.length < MAX_COMMAND_LINE ? line.replace(COMMAND_LINE, '') : null;
};

export const firmwareItem = (events: readonly BootEvent[]): Extract<ReferenceItem, { kind: 'firmware' }> | null => {
  const measured = (byFirmware(events, 0) ?? []).filter(isFirmware);
  const versions = measured.filter((event) => event.claimedType === 'EV_S_CRTM_VERSION').map(digestOf);
  const volumes = measured.filter((event) => event.claimedType !== 'EV_S_CRTM_VERSION').map(digestOf);
  const [crtm, ...more] = versions;
  const platformFirmware = [...new Set([...more, ...volumes])];
  if (crtm === undefined && platformFirmware.length === 0) return null;
  return { kind: 'firmware', crtm: crtm ?? null, platformFirmware };
};

/** What was started, as a chain: the last is the kernel, before it the boot loader, before that shim. */
export const chainOf = (events: readonly BootEvent[]): { readonly chain: BootChain | null; readonly left: readonly string[] } => {
  const started = extendedIn(events, 4).filter(isStarted).map(digestOf);
  if (started.length === 0) return { chain: null, left: ['Boot chain: nothing started is measured.'] };
  if (started.length > 3)
    return { chain: null, left: [`Boot chain: ${started.length} programs were started, and a boot chain knows three.`] };
  const left: string[] = [];
  const [kernel, bootLoader, shim] = started.toReversed();
  const disks = [
    ...new Set(
      extendedIn(events, 9)
        .filter((event) => INITIAL_RAM_DISK.test(event.text ?? ''))
        .map(digestOf),
    ),
  ];
  if (disks.length !== 1) left.push(`Initial RAM disk: ${disks.length === 0 ? 'none' : 'more than one'} is named in the log.`);
  const labelled = extendedIn(events, 8).filter((event) => event.data === 'verified' && COMMAND_LINE.test(event.text ?? ''));
  const lines = [...new Set(labelled.flatMap((event) => commandLineOf(event) ?? []))];
  const cut = labelled.some((event) => commandLineOf(event) === null);
  if (lines.length === 0 || cut) left.push('Kernel command line: its text is not covered by the digest, or too long.');
  const pattern = exactly(lines);
  return {
    chain: {
      kind: 'boot-chain',
      shim: shim ?? null,
      bootLoader: bootLoader ?? null,
      kernel: kernel ?? null,
      initrd: disks.length === 1 ? (disks[0] ?? null) : null,
      kernelCommandLine: lines.length === 0 || cut || pattern.length > 16_000 ? null : pattern,
    },
    left,
  };
};

const VARIABLES = [
  ['PK', 'pk'],
  ['KEK', 'kek'],
  ['db', 'db'],
  ['dbx', 'dbx'],
] as const;

/** Variables of PCR 7 that the firmware measured once and whose content its digest covers. */
export const secureBootVariable = (events: readonly BootEvent[], name: string): BootEvent | null => {
  const found = (byFirmware(events, 7) ?? []).filter(
    (event) => event.claimedType === 'EV_EFI_VARIABLE_DRIVER_CONFIG' && event.data === 'verified' && event.variable?.name === name,
  );
  return found.length === 1 ? (found[0] ?? null) : null;
};

const secureBootItems = (events: readonly BootEvent[]): Captured => {
  const items: ReferenceItem[] = [];
  const left: string[] = [];
  const state = secureBootVariable(events, 'SecureBoot');
  if (state === null) left.push('Secure boot: whether it is on is not measured.');
  else if (state.variable?.valueHex !== '01') items.push({ kind: 'secure-boot-off' });
  for (const [name, database] of VARIABLES) {
    const signatures = secureBootVariable(events, name)?.variable?.signatures;
    if (signatures === undefined) left.push(`${name}: not measured or not readable.`);
    for (const { owner, sha256 } of signatures ?? []) {
      const guid = owner.toLowerCase();
      if (GUID.test(guid) && HEX256.test(sha256)) items.push({ kind: 'secure-boot-key', database, owner: guid, sha256 });
    }
  }
  return { items, left };
};

const ownerKeyItems = (events: readonly BootEvent[]): ReferenceItem[] =>
  extendedIn(events, 14)
    .slice(0, 2)
    .map((event, place) => ({ kind: 'owner-key', list: place === 0 ? 'mokList' : 'mokListX', sha256: digestOf(event) }));

const fileItems = (measured: Measured): Captured => {
  const items: ReferenceItem[] = [];
  let left = 0;
  for (const entry of measured.files) {
    if (entry.path === 'boot_aggregate' || isBuffer(entry)) continue;
    const usable = entry.plainPath && entry.path.length <= MAX_PATH && /^[0-9a-f]{40,128}$/u.test(entry.fileDigest);
    if (usable) items.push({ kind: 'file', path: entry.path, digest: entry.fileDigest });
    else left += 1;
  }
  return { items, left: left === 0 ? [] : [`${left} measured files: their path or digest cannot be written down.`] };
};

/**
 * What a host measured, as reference values: only what replay proves. Which measurement is the kernel and which the initial RAM disk is
 * said by place and label; a label that lies makes a reference that other hosts do not meet, never one that accepts more.
 */
export const captureHost = (measured: Measured): Captured => {
  const { events } = measured;
  const firmware = firmwareItem(events);
  const { chain, left } = chainOf(events);
  const secureBoot = secureBootItems(events);
  const files = fileItems(measured);
  const items = [
    ...(firmware === null ? [] : [firmware]),
    ...secureBoot.items,
    ...(chain === null ? [] : [chain]),
    ...ownerKeyItems(events),
    ...files.items,
  ];
  const usable = items.filter((item) => !('sha256' in item) || HEX256.test(item.sha256));
  return {
    items: distinctItems(usable),
    left: [...(firmware === null ? ['Firmware: nothing measured names it.'] : []), ...secureBoot.left, ...left, ...files.left],
  };
};

export type Deviation = { readonly id: string; readonly differs: number; readonly words: readonly string[] };
export type GroupCapture = { readonly items: readonly ReferenceItem[]; readonly deviating: readonly Deviation[] };

const NAMED = 3;

/**
 * What at least `share` (0 to 1) of a group have, and which hosts have something else. A revocation that a host lacks is not seen here;
 * the appraisal says so.
 */
export const captureGroup = (
  group: readonly { readonly id: string; readonly items: readonly ReferenceItem[] }[],
  share: number,
): GroupCapture => {
  const counted = new Map<string, { readonly item: ReferenceItem; hosts: number }>();
  for (const { items } of group) {
    for (const [key, item] of new Map(items.map((one) => [itemKey(one), one]))) {
      const known = counted.get(key) ?? { item, hosts: 0 };
      known.hosts += 1;
      counted.set(key, known);
    }
  }
  const needed = Math.max(1, Math.ceil(share * group.length - 1e-9));
  const common = new Map([...counted].filter(([, { hosts }]) => hosts >= needed));
  const deviating = group.flatMap(({ id, items }): Deviation[] => {
    const strange = items.filter((item) => !common.has(itemKey(item)));
    return strange.length === 0 ? [] : [{ id, differs: strange.length, words: strange.slice(0, NAMED).map(itemWords) }];
  });
  return { items: [...common.values()].map(({ item }) => item), deviating };
};
