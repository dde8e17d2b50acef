import type { Bank, LogProblem } from '../types.ts';

/** Bounds of what is read. Real logs have 20 to 80 KB and 20 to 200 events. */
export const MAX_LOG_BYTES = 16 * 1024 * 1024;
export const MAX_LOG_EVENTS = 100_000;
export const MAX_EVENT_DATA_BYTES = 4 * 1024 * 1024;
export const MAX_LOG_BANKS = 8;

/** Where a record has the digest of a bank, counted from the start of the record. */
export type RecordDigest = { readonly bank: Bank; readonly at: number; readonly size: number };

/** TCG_PCR_EVENT or TCG_PCR_EVENT2 as offsets into the log. `digests` is one list for all records that carry the same banks in the same order. */
export type LogRecord = {
  readonly offset: number;
  readonly pcr: number;
  readonly type: number;
  readonly digests: readonly RecordDigest[];
  readonly dataStart: number;
  readonly dataLength: number;
};

export type ParsedLog = {
  readonly format: 'agile' | 'sha1';
  readonly algorithms: readonly Bank[];
  readonly startupLocality: number | null;
  readonly hcrtm: boolean;
  readonly records: readonly LogRecord[];
  /** Code `log-parse` = reading stopped there; any other code = a remark. */
  readonly problems: readonly LogProblem[];
};

/** PCRs that only firmware and boot loaders extend, through the firmware that keeps the log. Others an operating system may extend later. */
export const FIRMWARE_PCRS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14];

export const EV_NO_ACTION = 0x00000003;
export const EV_SEPARATOR = 0x00000004;
export const EV_ACTION = 0x00000005;
export const EV_EVENT_TAG = 0x00000006;
export const EV_S_CRTM_VERSION = 0x00000008;
export const EV_IPL = 0x0000000d;
export const EV_EFI_VARIABLE_DRIVER_CONFIG = 0x80000001;
export const EV_EFI_VARIABLE_BOOT = 0x80000002;
export const EV_EFI_BOOT_SERVICES_APPLICATION = 0x80000003;
export const EV_EFI_BOOT_SERVICES_DRIVER = 0x80000004;
export const EV_EFI_RUNTIME_SERVICES_DRIVER = 0x80000005;
export const EV_EFI_GPT_EVENT = 0x80000006;
export const EV_EFI_ACTION = 0x80000007;
export const EV_EFI_PLATFORM_FIRMWARE_BLOB = 0x80000008;
export const EV_EFI_PLATFORM_FIRMWARE_BLOB2 = 0x8000000a;
export const EV_EFI_VARIABLE_BOOT2 = 0x8000000c;
export const EV_EFI_GPT_EVENT2 = 0x8000000d;
export const EV_EFI_HCRTM_EVENT = 0x80000010;
export const EV_EFI_VARIABLE_AUTHORITY = 0x800000e0;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x00000000, 'EV_PREBOOT_CERT'],
  [0x00000001, 'EV_POST_CODE'],
  [0x00000002, 'EV_UNUSED'],
  [EV_NO_ACTION, 'EV_NO_ACTION'],
  [EV_SEPARATOR, 'EV_SEPARATOR'],
  [EV_ACTION, 'EV_ACTION'],
  [EV_EVENT_TAG, 'EV_EVENT_TAG'],
  [0x00000007, 'EV_S_CRTM_CONTENTS'],
  [EV_S_CRTM_VERSION, 'EV_S_CRTM_VERSION'],
  [0x00000009, 'EV_CPU_MICROCODE'],
  [0x0000000a, 'EV_PLATFORM_CONFIG_FLAGS'],
  [0x0000000b, 'EV_TABLE_OF_DEVICES'],
  [0x0000000c, 'EV_COMPACT_HASH'],
  [EV_IPL, 'EV_IPL'],
  [0x0000000e, 'EV_IPL_PARTITION_DATA'],
  [0x0000000f, 'EV_NONHOST_CODE'],
  [0x00000010, 'EV_NONHOST_CONFIG'],
  [0x00000011, 'EV_NONHOST_INFO'],
  [0x00000012, 'EV_OMIT_BOOT_DEVICE_EVENTS'],
  [0x00000013, 'EV_POST_CODE2'],
  [EV_EFI_VARIABLE_DRIVER_CONFIG, 'EV_EFI_VARIABLE_DRIVER_CONFIG'],
  [EV_EFI_VARIABLE_BOOT, 'EV_EFI_VARIABLE_BOOT'],
  [EV_EFI_BOOT_SERVICES_APPLICATION, 'EV_EFI_BOOT_SERVICES_APPLICATION'],
  [EV_EFI_BOOT_SERVICES_DRIVER, 'EV_EFI_BOOT_SERVICES_DRIVER'],
  [EV_EFI_RUNTIME_SERVICES_DRIVER, 'EV_EFI_RUNTIME_SERVICES_DRIVER'],
  [EV_EFI_GPT_EVENT, 'EV_EFI_GPT_EVENT'],
  [EV_EFI_ACTION, 'EV_EFI_ACTION'],
  [EV_EFI_PLATFORM_FIRMWARE_BLOB, 'EV_EFI_PLATFORM_FIRMWARE_BLOB'],
  [0x80000009, 'EV_EFI_HANDOFF_TABLES'],
  [EV_EFI_PLATFORM_FIRMWARE_BLOB2, 'EV_EFI_PLATFORM_FIRMWARE_BLOB2'],
  [0x8000000b, 'EV_EFI_HANDOFF_TABLES2'],
  [EV_EFI_VARIABLE_BOOT2, 'EV_EFI_VARIABLE_BOOT2'],
  [EV_EFI_GPT_EVENT2, 'EV_EFI_GPT_EVENT2'],
  [EV_EFI_HCRTM_EVENT, 'EV_EFI_HCRTM_EVENT'],
  [EV_EFI_VARIABLE_AUTHORITY, 'EV_EFI_VARIABLE_AUTHORITY'],
  [0x800000e1, 'EV_EFI_SPDM_FIRMWARE_BLOB'],
  [0x800000e2, 'EV_EFI_SPDM_FIRMWARE_CONFIG'],
  [0x800000e3, 'EV_EFI_SPDM_DEVICE_POLICY'],
  [0x800000e4, 'EV_EFI_SPDM_DEVICE_AUTHORITY'],
]);

/** Whether the type is one of the TCG PC Client PFP's. */
export const isKnownEventType = (type: number): boolean => TYPE_NAMES.has(type);

export const eventTypeName = (type: number): string => TYPE_NAMES.get(type) ?? `EV_0x${type.toString(16).padStart(8, '0')}`;

export const END_OF_FIRMWARE = 'end of the firmware phase';
export const END_OF_FIRMWARE_LEGACY = 'end of the firmware phase (legacy value)';
export const FIRMWARE_ERROR = 'firmware error';

/** Values of EV_SEPARATOR and what they say (PC Client PFP 10.4.1). */
export const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ['00000000', END_OF_FIRMWARE],
  ['ffffffff', END_OF_FIRMWARE_LEGACY],
  ['01000000', FIRMWARE_ERROR],
  ['5742434c', 'end of the Windows boot configuration log'],
]);
