import { toHex } from '../../hashing.ts';
import type { Attempt } from '../../reader.ts';
import type { SignatureEntry } from '../../types.ts';
import { imageLoadText } from '../device-path.ts';
import {
  EV_ACTION,
  EV_EFI_ACTION,
  EV_EFI_BOOT_SERVICES_APPLICATION,
  EV_EFI_BOOT_SERVICES_DRIVER,
  EV_EFI_GPT_EVENT,
  EV_EFI_GPT_EVENT2,
  EV_EFI_HCRTM_EVENT,
  EV_EFI_PLATFORM_FIRMWARE_BLOB,
  EV_EFI_PLATFORM_FIRMWARE_BLOB2,
  EV_EFI_RUNTIME_SERVICES_DRIVER,
  EV_EVENT_TAG,
  EV_IPL,
  EV_NO_ACTION,
  EV_SEPARATOR,
  EV_S_CRTM_VERSION,
  SEPARATORS,
  type LogRecord,
  eventTypeName,
} from '../types.ts';
import { type UefiVariable, parseVariable } from '../uefi.ts';
import { programOf, withoutVersions } from './boot-files.ts';
import { claim, draft, rawText, wholeFact } from './draft.ts';
import { blobMeaning, namedMeaning, noActionMeaning, tablesMeaning, versionMeaning } from './firmware.ts';
import { partitionMeaning } from './gpt.ts';
import { taggedMeaning } from './tagged.ts';
import { loaderTextMeaning } from './texts.ts';
import type { DraftMeaning, MeaningKind } from './types.ts';
import { variableMeaning } from './variables.ts';

/** Types whose data is a name at most; the digest is of something else. */
const NAMED: ReadonlyMap<number, readonly [MeaningKind, string]> = new Map([
  [0x00000001, ['firmware-code', 'POST code']],
  [0x00000007, ['firmware-code', 'S-CRTM contents']],
  [0x00000009, ['microcode', 'CPU microcode']],
  [0x0000000a, ['platform-configuration', 'platform configuration']],
  [0x0000000b, ['hardware-tables', 'table of devices']],
  [0x0000000c, ['other', 'compact hash']],
  [0x0000000e, ['partition-table', 'boot partition data']],
  [0x0000000f, ['firmware-code', 'code of another processor']],
  [0x00000010, ['platform-configuration', 'configuration of another processor']],
  [0x00000011, ['platform-configuration', 'information of another processor']],
  [0x00000012, ['action', 'boot devices are left out']],
  [0x00000013, ['firmware-code', 'POST code']],
  [EV_EFI_HCRTM_EVENT, ['firmware-code', 'hardware root of trust measurement']],
  [0x800000e1, ['firmware-code', 'firmware of a device (SPDM)']],
  [0x800000e2, ['platform-configuration', 'configuration of a device (SPDM)']],
]);

const imageMeaning = (record: LogRecord, data: Uint8Array): DraftMeaning => {
  const path = imageLoadText(data);
  const isDriver = record.type !== EV_EFI_BOOT_SERVICES_APPLICATION;
  const kind = isDriver ? 'driver' : 'boot-application';
  if (!path.ok || path.value === '') return draft(kind, isDriver ? 'driver without a path' : 'program without a path');
  const program = isDriver && record.pcr === 2 ? 'option ROM or driver of a device' : programOf(path.value);
  return draft(kind, withoutVersions(path.value), [
    claim('path', path.value),
    ...(program === undefined ? [] : [claim('looks like', program)]),
  ]);
};

const orUnreadable = (parsed: Attempt<DraftMeaning>, kind: MeaningKind, what: string): DraftMeaning =>
  parsed.ok ? parsed.value : draft(kind, what, [claim('unreadable', parsed.message)]);

/**
 * What an event is about: bounded, linear in the data, never throws. The event type and PCR decide how the data is read, and both type
 * and undigested data are claims, so a meaning explains an event and judges nothing.
 */
export const meaningOf = (
  record: LogRecord,
  data: Uint8Array,
  variable: UefiVariable | null,
  signatures: readonly SignatureEntry[] | undefined,
): DraftMeaning => {
  if (variable !== null) return variableMeaning(record.type, variable, signatures);
  const hidden = record.pcr <= 7 ? hiddenVariable(data) : undefined;
  const meaning = plainMeaning(record, data);
  return hidden === undefined
    ? meaning
    : { ...meaning, hiddenVariable: hidden, facts: [...meaning.facts, claim('looks like', `UEFI variable ${hidden}`)] };
};

/** A relabelled variable keeps its bytes, because its digest covers them. */
const hiddenVariable = (data: Uint8Array): string | undefined => {
  if (data.length < 34) return undefined;
  const parsed = parseVariable(data);
  if (!parsed.ok || !/^[\w.-]{1,64}$/u.test(parsed.value.name)) return undefined;
  return 32 + parsed.value.name.length * 2 + parsed.value.data.length === data.length ? parsed.value.name : undefined;
};

const plainMeaning = (record: LogRecord, data: Uint8Array): DraftMeaning => {
  const named = NAMED.get(record.type);
  if (named !== undefined) return namedMeaning(named[0], named[1], data);
  switch (record.type) {
    case EV_NO_ACTION:
      return noActionMeaning(data);
    case EV_SEPARATOR:
      return draft('separator', `separator of PCR ${record.pcr}`, [
        wholeFact('value', SEPARATORS.get(toHex(data.subarray(0, 64))) ?? toHex(data.subarray(0, 64))),
      ]);
    case EV_ACTION:
    case EV_EFI_ACTION:
      return draft('action', rawText(data), [wholeFact('action', rawText(data))]);
    case EV_S_CRTM_VERSION:
      return versionMeaning(data);
    case EV_IPL:
      return loaderTextMeaning(data, record.pcr);
    case EV_EVENT_TAG:
      return taggedMeaning(data, record.pcr);
    case EV_EFI_BOOT_SERVICES_APPLICATION:
    case EV_EFI_BOOT_SERVICES_DRIVER:
    case EV_EFI_RUNTIME_SERVICES_DRIVER:
      return imageMeaning(record, data);
    case EV_EFI_GPT_EVENT:
    case EV_EFI_GPT_EVENT2:
      return orUnreadable(partitionMeaning(data), 'partition-table', 'partition table');
    case EV_EFI_PLATFORM_FIRMWARE_BLOB:
    case EV_EFI_PLATFORM_FIRMWARE_BLOB2:
      return orUnreadable(blobMeaning(data, record.type === EV_EFI_PLATFORM_FIRMWARE_BLOB2), 'firmware-volume', 'firmware volume');
    case 0x80000009:
    case 0x8000000b:
      return orUnreadable(tablesMeaning(data, record.type === 0x8000000b), 'hardware-tables', 'hardware tables');
    default:
      return draft('other', `${eventTypeName(record.type)} in PCR ${record.pcr}`, [wholeFact('bytes', `${data.length}`)]);
  }
};
