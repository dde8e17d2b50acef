import type { KeyObject } from 'node:crypto';
import { boot, bootContents, type Boot, type BootContents, type BootDeviation } from './boot-log.ts';
import { secureBootKeys, type SecureBootKeys } from './firmware-certificates.ts';
import { bootFiles, runtimeFiles, type HostClass } from './host-classes.ts';
import { extend, measuredEntry, type Measured, type MeasuredEntry } from './ima-list.ts';
import type { Seeded } from './seeded.ts';

/** What PCR 10 holds and the list says when the boot is over. */
export type BaseList = { readonly text: string; readonly pcr10: Buffer; readonly count: number };

/** The golden image of a class: every host of the class boots it, so it is computed once. */
export type ClassImage = {
  readonly hostClass: HostClass;
  readonly contents: BootContents;
  readonly keys: SecureBootKeys;
  readonly boot: (deviation: BootDeviation) => Boot;
  readonly baseList: (deviation: BootDeviation, changedRuntime: boolean) => BaseList;
  readonly runtimeEntries: readonly MeasuredEntry[];
  /** Everything the runtime policy allows. */
  readonly allowed: readonly Measured[];
};

export const CHANGED_RUNTIME = '/usr/sbin/runc';

export const createClassImage = (seeded: Seeded, firmwareRoot: KeyObject, hostClass: HostClass): ClassImage => {
  const keys = secureBootKeys(seeded, firmwareRoot, hostClass);
  const fileDigest = (path: string): string => seeded.digest(`file ${hostClass.id} ${path}`);
  const bootMeasured = bootFiles(hostClass).map((path) => ({ path, digest: fileDigest(path) }));
  const bootEntries = bootMeasured.map(measuredEntry);
  const runtimeMeasured = runtimeFiles(hostClass).map((path) => ({ path, digest: fileDigest(path) }));
  const boots = new Map<BootDeviation, Boot>();
  const lists = new Map<string, BaseList>();

  const bootOf = (deviation: BootDeviation): Boot => {
    const known = boots.get(deviation);
    if (known !== undefined) return known;
    const made = boot(seeded, hostClass, keys, deviation);
    boots.set(deviation, made);
    return made;
  };

  const baseList = (deviation: BootDeviation, changedRuntime: boolean): BaseList => {
    const key = `${deviation} ${String(changedRuntime)}`;
    const known = lists.get(key);
    if (known !== undefined) return known;
    const first = measuredEntry({ path: 'boot_aggregate', digest: bootOf(deviation).bootAggregate });
    const changed = measuredEntry({ path: CHANGED_RUNTIME, digest: seeded.digest(`file ${hostClass.id} ${CHANGED_RUNTIME} changed`) });
    const files = bootEntries.map((entry, at) => (changedRuntime && bootMeasured[at]?.path === CHANGED_RUNTIME ? changed : entry));
    const entries = [first, ...files];
    const made = {
      text: entries.map((entry) => `${entry.line}\n`).join(''),
      pcr10: entries.reduce<Buffer>((pcr, entry) => extend(pcr, entry), Buffer.alloc(32)),
      count: entries.length,
    };
    lists.set(key, made);
    return made;
  };

  return {
    hostClass,
    contents: bootContents(seeded, hostClass),
    keys,
    boot: bootOf,
    baseList,
    runtimeEntries: runtimeMeasured.map(measuredEntry),
    allowed: [{ path: 'boot_aggregate', digest: bootOf('none').bootAggregate }, ...bootMeasured, ...runtimeMeasured],
  };
};
