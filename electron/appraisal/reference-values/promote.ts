import type { ReferenceItem } from '../../../shared/model/reference-set.ts';
import type { BootChainReference } from '../../../shared/model/reference-values.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { digestOf, extendedIn } from '../chain/boot-log.ts';
import { isStarted } from '../chain/boot-stages.ts';
import type { Broken, Cause } from '../chain/link.ts';
import { short } from '../chain/link.ts';
import { commandLineOf, exactly, firmwareItem } from './capture.ts';
import { distinctItems, itemKey } from './items.ts';
import type { Measured } from './measured.ts';

/** Why a host failed, as far as a reference value could make it good. */
export type Failure = {
  readonly cause: Cause;
  readonly broken: readonly Broken[];
  /** Boot chains that the host was held against. */
  readonly knownChains: readonly BootChainReference[];
};
/**
 * `changes` says what is different, for a person. `same` is equal on every host with the same change and on no other: digests shortened for
 * people can be made to look alike in hours.
 */
export type Promotion = { readonly items: readonly ReferenceItem[]; readonly changes: readonly string[]; readonly same: string };

const refused = (message: string): Result<never> =>
  fail('not-promotable', message, 'Find out what happened on the host; a reference value is not the answer.');

/** Where the items are the change, and nothing of the host around it. */
const changeOf = (items: readonly ReferenceItem[], changes: readonly string[]): Result<Promotion> =>
  ok({ items, changes, same: JSON.stringify(items.map(itemKey).toSorted()) });

const STAGES = [
  ['shim', 'shim'],
  ['bootLoader', 'boot loader'],
  ['kernel', 'kernel'],
] as const;

const promoteStarted = (broken: Broken, { events }: Measured, chains: readonly BootChainReference[]): Result<Promotion> => {
  const started = extendedIn(events, 4).filter(isStarted);
  const depth = started.findIndex((event) => event.index === broken.index);
  const digest = started[depth] === undefined ? '' : digestOf(started[depth]);
  for (const chain of chains) {
    const stages = STAGES.filter(([stage]) => chain[stage] !== null);
    const stage = stages[depth];
    const before = stage === undefined ? null : chain[stage[0]];
    const follows = stages.slice(0, depth).every(([name], at) => started[at] !== undefined && chain[name] === digestOf(started[at]));
    if (stage === undefined || before === null || !follows || !broken.expected.includes(before)) continue;
    return ok({
      items: [{ kind: 'boot-chain', ...chain, [stage[0]]: digest }],
      changes: [`${stage[1]}: ${short(before)} → ${short(digest)}`],
      same: JSON.stringify([stage[0], before, digest]),
    });
  }
  return refused('Something was started that has no place in the boot chains of this host, so no digest can be replaced.');
};

const promoteFiles = (broken: Broken, { events }: Measured, chains: readonly BootChainReference[]): Result<Promotion> => {
  const event = events.find((one) => one.index === broken.index);
  const started = extendedIn(events, 4).filter(isStarted).map(digestOf);
  const chain = chains.find((one) => STAGES.flatMap(([stage]) => one[stage] ?? []).every((digest, at) => started[at] === digest));
  if (event === undefined || chain === undefined) return refused('The boot chain that this belongs to is not known.');
  if (event.pcr === 9) {
    const digest = digestOf(event);
    const changes = [`initial RAM disk: ${short(chain.initrd ?? 'none')} → ${short(digest)}`];
    const same = JSON.stringify(['initrd', chain.initrd, digest]);
    return ok({ items: [{ kind: 'boot-chain', ...chain, initrd: digest }], changes, same });
  }
  const line = commandLineOf(event);
  if (line === null) return refused('The kernel command line is not covered by its digest.');
  return ok({
    items: [{ kind: 'boot-chain', ...chain, kernelCommandLine: exactly([line]) }],
    changes: [`kernel command line: now ${line}`],
    same: JSON.stringify(['line', line]),
  });
};

const promoteEvent = (broken: Broken, measured: Measured, chains: readonly BootChainReference[]): Result<Promotion> => {
  const event = measured.events.find((one) => one.index === broken.index);
  if (event === undefined) return refused('The event that broke the chain is not proven by the quote.');
  const digest = digestOf(event);
  if (event.pcr === 0) {
    const item = firmwareItem(measured.events);
    if (item === null) return refused('The firmware measured nothing that names it.');
    // All that the firmware measures is accepted as one, so all of it is shown.
    const others = [...(item.crtm === null ? [] : [item.crtm]), ...item.platformFirmware].filter((one) => one !== digest);
    const changed = `firmware: ${broken.expected.map(short).join(', ') || 'nothing'} → ${short(digest)}`;
    return changeOf([item], [changed, ...others.map((one) => `firmware, accepted with it: ${short(one)}`)]);
  }
  if (event.pcr === 14) {
    const list = extendedIn(measured.events, 14)[0]?.index === event.index ? 'mokList' : 'mokListX';
    return changeOf([{ kind: 'owner-key', list, sha256: digest }], [`machine owner keys: ${list} → ${short(digest)}`]);
  }
  if (event.pcr === 4) return promoteStarted(broken, measured, chains);
  if (event.pcr !== 7) return promoteFiles(broken, measured, chains);
  const name = event.variable?.name;
  if (name === 'SecureBoot') return changeOf([{ kind: 'secure-boot-off' }], ['secure boot: on → off']);
  if (name === 'dbx') return refused('The host lacks a revocation. Update its dbx; a reference value cannot stand in for it.');
  const database = name === 'PK' ? 'pk' : name === 'KEK' ? 'kek' : name === 'db' ? 'db' : null;
  const strange = (event.variable?.signatures ?? []).filter((key) => !broken.expected.includes(key.sha256));
  if (database === null || strange.length === 0) return refused('Which key is new cannot be told from the event.');
  return changeOf(
    strange.map(({ owner, sha256 }) => ({ kind: 'secure-boot-key', database, owner: owner.toLowerCase(), sha256 })),
    strange.map(({ sha256 }) => `${name ?? ''}: new key ${short(sha256)}`),
  );
};

const promoteEntries = (broken: readonly Broken[], measured: Measured): Result<Promotion> => {
  const wanted = new Map(broken.map((one) => [one.index, one]));
  const items: ReferenceItem[] = [];
  const changes: string[] = [];
  for (const entry of measured.files) {
    const one = wanted.get(entry.index);
    if (one === undefined || !entry.plainPath) continue;
    items.push({ kind: 'file', path: entry.path, digest: entry.fileDigest });
    changes.push(`file ${entry.path}: ${one.expected.map(short).join(' or ') || 'unknown'} → ${short(entry.fileDigest)}`);
  }
  return items.length === 0 ? refused('No file that broke the chain is proven by the quote.') : changeOf(distinctItems(items), changes);
};

/** The smallest items that make exactly the change accepted by which a host failed. What contradicts itself is never made good. */
export const promotionOf = ({ cause, broken, knownChains }: Failure, measured: Measured): Result<Promotion> => {
  if (cause !== 'differs') return refused('The host did not fail by a measurement that differs from a reference value.');
  const [first] = broken;
  if (first === undefined) return refused('Nothing measured is named that broke the chain.');
  const ofFiles = first.link === 'runtime' || first.link === 'container-engine' || first.link === 'orchestrator';
  return ofFiles ? promoteEntries(broken, measured) : promoteEvent(first, measured, knownChains);
};
