import { type Report, listOf } from '../report.ts';
import type { BootEvent } from '../types.ts';
import { isErrorSeparator } from './coverage.ts';
import { END_OF_FIRMWARE, END_OF_FIRMWARE_LEGACY } from './types.ts';

/** What belongs into PCR 7 (PC Client PFP 3.3.4.8). EV_ACTION is OpenPOWER's. */
const SECURE_BOOT_TYPES: ReadonlySet<string> = new Set([
  'EV_EFI_VARIABLE_DRIVER_CONFIG',
  'EV_EFI_VARIABLE_AUTHORITY',
  'EV_SEPARATOR',
  'EV_EFI_ACTION',
  'EV_ACTION',
  'EV_EFI_SPDM_DEVICE_POLICY',
  'EV_EFI_SPDM_DEVICE_AUTHORITY',
]);

/** EFI_IMAGE_SECURITY_DATABASE_GUID, the vendor of db and dbx. */
const IMAGE_SECURITY_DATABASE = 'd719b2cb-3d3a-4596-a3bc-dad00e67656f';

const FIRMWARE_ONLY: ReadonlyMap<string, readonly number[]> = new Map([
  ['EV_S_CRTM_CONTENTS', [0]],
  ['EV_S_CRTM_VERSION', [0]],
  ['EV_POST_CODE', [0]],
  ['EV_EFI_HCRTM_EVENT', [0]],
  ['EV_EFI_VARIABLE_DRIVER_CONFIG', [1, 3, 5, 7]],
  ['EV_EFI_VARIABLE_AUTHORITY', [1, 7]],
  ['EV_EFI_GPT_EVENT', [2, 5]],
  ['EV_EFI_BOOT_SERVICES_APPLICATION', [2, 4]],
  ['EV_EFI_BOOT_SERVICES_DRIVER', [0, 2]],
  ['EV_EFI_RUNTIME_SERVICES_DRIVER', [0, 2]],
]);

/**
 * Whether the value is an EFI_SIGNATURE_LIST (UEFI 2.10, 32.4.1): its size, at byte 16, fits into the event. In EFI_SIGNATURE_DATA
 * a certificate begins there, whose first four bytes read as a size are larger than any certificate of two length bytes.
 */
const isSignatureList = (valueHex: string, dataLength: number): boolean => {
  const size = Buffer.from(valueHex.slice(32, 40), 'hex');
  return size.length === 4 && size.readUInt32LE() >= 28 && size.readUInt32LE() <= dataLength;
};

/**
 * What may be an authority before the separator: one EFI_SIGNATURE_DATA out of db, by which firmware let a driver of an option
 * ROM start, under its own digest. Anything else there is configuration under another label, which would escape judgement.
 */
const isDriverAuthority = (event: BootEvent): boolean => {
  const { variable } = event;
  return (
    event.data === 'verified' &&
    variable?.name === 'db' &&
    variable.guid === IMAGE_SECURITY_DATABASE &&
    variable.signatures?.length === 1 &&
    !isSignatureList(variable.valueHex, event.dataLength)
  );
};

/** Types are not covered by replay; PCR 7 has so strict a form that a relabelled event shows. */
const DEVICE_TYPES: ReadonlySet<string> = new Set(['EV_EFI_SPDM_DEVICE_POLICY', 'EV_EFI_SPDM_DEVICE_AUTHORITY']);
const TEXT_TYPES: ReadonlySet<string> = new Set(['EV_ACTION', 'EV_EFI_ACTION']);

/**
 * Configuration under another label: a variable keeps its bytes, because its digest covers them; whoever replaces the bytes by a harmless
 * text loses the coverage. So in PCR 7 an action must be covered and no variable, a separator is at most four bytes or not of its data,
 * and a device policy is the variable devdb (PC Client PFP 3.3.4.8 and 10.4.1).
 */
const relabelled = (event: BootEvent): string | null => {
  const hidden = event.meaning.hiddenVariable;
  if (DEVICE_TYPES.has(event.claimedType)) {
    if (hidden !== 'devdb') return `event ${event.index} in PCR 7 is labelled ${event.claimedType} but is not the variable devdb`;
    return event.data === 'verified'
      ? null
      : `event ${event.index} in PCR 7 is labelled ${event.claimedType}, and its digest does not cover it`;
  }
  if (hidden !== undefined) return `event ${event.index} in PCR 7 is labelled ${event.claimedType} but holds the variable ${hidden}`;
  if (TEXT_TYPES.has(event.claimedType) && event.data !== 'verified')
    return `event ${event.index} in PCR 7 is labelled ${event.claimedType}, and its digest does not cover its text`;
  if (event.claimedType === 'EV_SEPARATOR' && event.data === 'verified' && event.dataLength > 4)
    return `the separator of PCR 7 (event ${event.index}) has ${event.dataLength} bytes instead of 4`;
  return null;
};

const secureBootFaults = (events: readonly BootEvent[]): readonly string[] => {
  if (events.length === 0) return [];
  const faults: string[] = [];
  const stranger = events.find((event) => !SECURE_BOOT_TYPES.has(event.claimedType));
  if (stranger !== undefined)
    faults.push(`event ${stranger.index} in PCR 7 is labelled ${stranger.claimedType}, which does not belong there`);
  for (const event of events) {
    const fault = relabelled(event);
    if (fault !== null) faults.push(fault);
  }
  const separators = events.filter((event) => event.claimedType === 'EV_SEPARATOR').length;
  if (separators !== 1) faults.push(`PCR 7 has ${separators} separators instead of one`);
  const end = events.findIndex((event) => event.claimedType === 'EV_SEPARATOR');
  if (isErrorSeparator(events[end]?.digests ?? {})) faults.push('the separator of PCR 7 says that the firmware failed before it');
  const late = end < 0 ? undefined : events.slice(end).find((event) => event.claimedType === 'EV_EFI_VARIABLE_DRIVER_CONFIG');
  if (late !== undefined) faults.push(`event ${late.index} configures Secure Boot after the separator`);
  const before = end < 0 ? events : events.slice(0, end);
  const foreign = before.find((event) => event.claimedType === 'EV_EFI_VARIABLE_AUTHORITY' && !isDriverAuthority(event));
  if (foreign !== undefined)
    faults.push(
      `event ${foreign.index} before the separator of PCR 7 is labelled an authority but is not proven to be one entry of db that let a driver start`,
    );
  const seen = new Set<string>();
  for (const event of events) {
    if (event.claimedType !== 'EV_EFI_VARIABLE_DRIVER_CONFIG') continue;
    if (event.variable === undefined) {
      faults.push(`event ${event.index} in PCR 7 is labelled a variable but is none`);
      continue;
    }
    const name = `${event.variable.guid} ${event.variable.name}`;
    if (seen.has(name)) faults.push(`variable ${event.variable.name} is measured twice into PCR 7`);
    seen.add(name);
  }
  return faults;
};

const SEPARATOR_VALUES: ReadonlySet<string> = new Set([END_OF_FIRMWARE, END_OF_FIRMWARE_LEGACY]);

const oddPlaces = (events: readonly BootEvent[]): readonly string[] => {
  const odd: string[] = [];
  for (const event of events) {
    if (event.pcr > 7) continue;
    if (event.pcr < 7 && event.meaning.hiddenVariable !== undefined && !event.claimedType.startsWith('EV_EFI_SPDM'))
      odd.push(
        `event ${event.index} in PCR ${event.pcr} is labelled ${event.claimedType} but holds the variable ${event.meaning.hiddenVariable}`,
      );
    const isOdd = event.data === 'verified' ? !SEPARATOR_VALUES.has(event.summary) : isErrorSeparator(event.digests);
    if (event.claimedType === 'EV_SEPARATOR' && isOdd)
      odd.push(`the separator of PCR ${event.pcr} (event ${event.index}) says: ${event.summary}`);
    const places = FIRMWARE_ONLY.get(event.claimedType);
    if (event.claimedType.startsWith('EV_0x'))
      odd.push(`event ${event.index} in PCR ${event.pcr} has unknown type ${event.claimedType.slice(3)}`);
    else if (places !== undefined && !places.includes(event.pcr))
      odd.push(`event ${event.index} is labelled ${event.claimedType} in PCR ${event.pcr}`);
  }
  const withoutOne = [0, 1, 2, 3, 4, 5, 6].filter((pcr) => {
    const own = events.filter((event) => event.pcr === pcr);
    return own.length > 0 && own.filter((event) => event.claimedType === 'EV_SEPARATOR').length !== 1;
  });
  if (withoutOne.length > 0) odd.push(`PCRs ${listOf(withoutOne)} do not have exactly one separator`);
  return odd;
};

/**
 * `event-type`: whether the claimed types make a plausible boot. Fails only for PCR 7, whose form is fixed: known types, one
 * separator, every variable once and before it, no authority before it but those of drivers. Everything else is a notice:
 * firmware differs. A pass does not prove the types.
 */
export const checkEventTypes = (events: readonly BootEvent[], report: Report): void => {
  const extended = events.filter((event) => event.claimedType !== 'EV_NO_ACTION');
  const faults = secureBootFaults(extended.filter((event) => event.pcr === 7));
  // Replay leaves them out, so nothing they say is proven; a variable there is meant to be read as if it were measured.
  const unmeasured = events.filter((event) => event.claimedType === 'EV_NO_ACTION' && event.meaning.hiddenVariable !== undefined);
  const odd = [
    ...oddPlaces(extended),
    ...unmeasured.map((event) => `event ${event.index} is never extended but holds the variable ${event.meaning.hiddenVariable ?? ''}`),
  ];
  if (faults.length > 0) report.add('event-type', 'fail', `The event types do not make a boot: ${faults.slice(0, 3).join('; ')}.`);
  else if (odd.length > 0)
    report.add(
      'event-type',
      'notice',
      `Some event types are unusual: ${odd.slice(0, 3).join('; ')}${odd.length > 3 ? `; and ${odd.length - 3} more` : ''}.`,
    );
  else
    report.add('event-type', 'pass', 'The event types are where the specification puts them; types are claims that replay does not cover.');
};
