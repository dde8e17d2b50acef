import { visibleBytes, visibleText } from '../../../shared/model/hostile-text.ts';
import { asBuffer, toHex } from '../hashing.ts';
import type { BootEvent, LogProblem, SignatureEntry } from '../types.ts';
import { imageLoadText, loadOptionText } from './device-path.ts';
import { isUcs2, visible, withoutTrailingNul } from './meaning/draft.ts';
import { meaningOf } from './meaning/meaning.ts';
import type { DraftMeaning } from './meaning/types.ts';
import {
  EV_ACTION,
  EV_EFI_ACTION,
  EV_EFI_BOOT_SERVICES_APPLICATION,
  EV_EFI_BOOT_SERVICES_DRIVER,
  EV_EFI_PLATFORM_FIRMWARE_BLOB,
  EV_EFI_RUNTIME_SERVICES_DRIVER,
  EV_EFI_VARIABLE_AUTHORITY,
  EV_EFI_VARIABLE_BOOT,
  EV_EFI_VARIABLE_BOOT2,
  EV_EFI_VARIABLE_DRIVER_CONFIG,
  EV_EVENT_TAG,
  EV_IPL,
  EV_NO_ACTION,
  EV_SEPARATOR,
  EV_S_CRTM_VERSION,
  SEPARATORS,
  type LogRecord,
  eventTypeName,
} from './types.ts';
import { type UefiVariable, parseAuthoritySignature, parseSignatureLists, parseVariable } from './uefi.ts';

const MAX_TEXT_CHARACTERS = 4096;
const MAX_VALUE_BYTES = 64;
const KEY_VARIABLES: ReadonlySet<string> = new Set(['PK', 'KEK', 'db', 'dbx']);

type Words = Pick<BootEvent, 'summary' | 'variable' | 'text'>;
/** `meaning` is a draft: which of its facts are verified is decided by the event's coverage (see `settle`). */
type Decoded = Words & { readonly meaning: DraftMeaning };
type Report = (code: string, message: string) => void;

const PLAIN = /^[\x20-\x7e]*$/u;

const textOf = (data: Uint8Array, max: number): string => {
  const trimmed = withoutTrailingNul(data);
  const latin1 = trimmed.length <= max ? asBuffer(trimmed).toString('latin1') : '';
  if (latin1 !== '' && PLAIN.test(latin1)) return latin1;
  if (!isUcs2(data)) return visibleBytes(trimmed, max);
  return visibleText(
    asBuffer(data.subarray(0, max * 2))
      .toString('utf16le')
      .replace(/\0+$/u, ''),
    max,
  );
};

const signaturesOf = (type: number, variable: UefiVariable, report: Report): readonly SignatureEntry[] | undefined => {
  if (type === EV_EFI_VARIABLE_AUTHORITY) {
    const entry = parseAuthoritySignature(variable.data);
    return entry === undefined ? undefined : [entry];
  }
  if (type !== EV_EFI_VARIABLE_DRIVER_CONFIG || !KEY_VARIABLES.has(variable.name)) return undefined;
  const lists = parseSignatureLists(variable.data);
  if (lists.ok) return lists.value;
  report('signature-list', `the signature list of ${variable.name} cannot be read: ${lists.message}`);
  return undefined;
};

const variableSummary = (
  type: number,
  variable: UefiVariable,
  signatures: readonly SignatureEntry[] | undefined,
  report: Report,
): string => {
  const name = visibleText(variable.name, 80);
  if (signatures !== undefined) {
    const subjects = signatures.flatMap((entry) => (entry.subject === undefined ? [] : [entry.subject]));
    const named = subjects.length > 0 ? `: ${subjects.slice(0, 4).join('; ')}${subjects.length > 4 ? '; …' : ''}` : '';
    return `${name}: ${signatures.length} ${signatures.length === 1 ? 'signature' : 'signatures'}${named}`;
  }
  if (variable.data.length === 1) return `${name} = ${variable.data[0]}`;
  if (/^Boot[0-9A-Fa-f]{4}$/u.test(variable.name) && (type === EV_EFI_VARIABLE_BOOT || type === EV_EFI_VARIABLE_BOOT2)) {
    const option = loadOptionText(variable.data);
    if (option.ok) return `${name} = ${option.value}`;
    report('load-option', `${name} is not a readable load option: ${option.message}`);
  }
  if (variable.name === 'SbatLevel') return `${name} = ${visibleBytes(withoutTrailingNul(variable.data), 120)}`;
  return `${name}: ${variable.data.length} bytes`;
};

const decodeVariable = (record: LogRecord, data: Uint8Array, report: Report): Decoded => {
  const { type } = record;
  const parsed = parseVariable(data);
  if (!parsed.ok) {
    report('variable', `the UEFI variable cannot be read: ${parsed.message}`);
    return { summary: `unreadable UEFI variable of ${data.length} bytes`, meaning: meaningOf(record, data, null, undefined) };
  }
  const signatures = signaturesOf(type, parsed.value, report);
  const variable = {
    name: visibleText(parsed.value.name, 200),
    guid: parsed.value.guid,
    valueHex: toHex(parsed.value.data.subarray(0, MAX_VALUE_BYTES)),
    ...(signatures === undefined ? {} : { signatures }),
  };
  return {
    summary: variableSummary(type, parsed.value, signatures, report),
    variable,
    meaning: meaningOf(record, data, parsed.value, signatures),
  };
};

const noActionSummary = (data: Uint8Array): string => {
  const signature = visibleBytes(withoutTrailingNul(data.subarray(0, 16)), 16);
  if (signature === 'StartupLocality') return `startup locality ${data[16] ?? '?'}`;
  return `${signature === '' ? 'empty' : signature} (never extended)`;
};

const wordsOf = (record: LogRecord, data: Uint8Array, report: Report): Words => {
  switch (record.type) {
    case EV_NO_ACTION:
      return { summary: noActionSummary(data) };
    case EV_SEPARATOR:
      return { summary: SEPARATORS.get(toHex(data)) ?? `separator with data ${toHex(data.subarray(0, 16))}` };
    case EV_EFI_BOOT_SERVICES_APPLICATION:
    case EV_EFI_BOOT_SERVICES_DRIVER:
    case EV_EFI_RUNTIME_SERVICES_DRIVER: {
      const path = imageLoadText(data);
      if (!path.ok) report('device-path', `the image's device path cannot be read: ${path.message}`);
      return { summary: path.ok ? `image ${path.value === '' ? 'without a path' : path.value}` : 'image with an unreadable device path' };
    }
    case EV_IPL:
    case EV_EVENT_TAG: {
      const text = textOf(record.type === EV_EVENT_TAG ? data.subarray(Math.min(8, data.length)) : data, MAX_TEXT_CHARACTERS);
      return { summary: visible(text, 160), text };
    }
    case EV_EFI_ACTION:
    case EV_ACTION:
    case EV_S_CRTM_VERSION:
      return { summary: textOf(data, 160) };
    case EV_EFI_PLATFORM_FIRMWARE_BLOB:
      return { summary: blobSummary(data) };
    default:
      return { summary: `${eventTypeName(record.type)}, ${data.length} bytes` };
  }
};

const VARIABLES: ReadonlySet<number> = new Set([
  EV_EFI_VARIABLE_DRIVER_CONFIG,
  EV_EFI_VARIABLE_BOOT,
  EV_EFI_VARIABLE_BOOT2,
  EV_EFI_VARIABLE_AUTHORITY,
]);

/** Puts an event's data into words. Everything it says is a claim until coverage says otherwise. */
export const decodeData = (record: LogRecord, data: Uint8Array, report: Report): Decoded =>
  VARIABLES.has(record.type)
    ? decodeVariable(record, data, report)
    : { ...wordsOf(record, data, report), meaning: meaningOf(record, data, null, undefined) };

const blobSummary = (data: Uint8Array): string => {
  if (data.length !== 16) return `firmware blob description of ${data.length} bytes`;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return `firmware blob of ${view.getBigUint64(8, true)} bytes at 0x${view.getBigUint64(0, true).toString(16)}`;
};

/** Collects the remarks of one event. */
export const reporterOf =
  (problems: LogProblem[], offset: number): Report =>
  (code, message) => {
    problems.push({ code, offset, message });
  };
