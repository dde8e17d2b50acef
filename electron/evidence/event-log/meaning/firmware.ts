import { asBuffer, toHex } from '../../hashing.ts';
import { type Attempt, attempt, readerOf } from '../../reader.ts';
import { guidText } from '../uefi.ts';
import { claim, draft, rawText, wholeFact } from './draft.ts';
import type { DraftMeaning } from './types.ts';

const TABLES: ReadonlyMap<string, string> = new Map([
  ['eb9d2d31-2d88-11d3-9a16-0090273fc14d', 'SMBIOS'],
  ['f2fd1544-9794-4a2c-992e-e5bbcf20e394', 'SMBIOS 3'],
  ['8868e871-e4f1-11d3-bc22-0080c73c8881', 'ACPI 2.0'],
  ['eb9d2d30-2d88-11d3-9a16-0090273fc14d', 'ACPI 1.0'],
]);

/** Tables that firmware of confidential guests describes by an ASCII name. */
const GUEST = /^(?:td_hob|td hob|tdx|td_payload|td_info|cc_)/iu;

const named = (text: string): 'confidential-guest' | 'hardware-tables' => (GUEST.test(text) ? 'confidential-guest' : 'hardware-tables');

/** UEFI_HANDOFF_TABLE_POINTERS and UEFI_HANDOFF_TABLE_POINTERS2 (PC Client PFP 10.2.4). The digest covers the tables, not this. */
export const tablesMeaning = (data: Uint8Array, withDescription: boolean): Attempt<DraftMeaning> =>
  attempt(() => {
    const reader = readerOf(data, 'little');
    const description = withDescription ? rawText(reader.bytes(reader.u8('description size'), 'description')) : '';
    const count = reader.u64('number of tables');
    if (count > 64n) reader.fail(`the event claims ${count} tables`);
    const names: string[] = [];
    for (let i = 0; i < Number(count); i += 1) {
      const guid = guidText(reader.bytes(16, 'table GUID'));
      reader.u64('table address');
      names.push(TABLES.get(guid) ?? guid);
    }
    return draft(named(description), description === '' ? names.join(', ') : description, [
      ...(description === '' ? [] : [claim('description', description)]),
      claim('tables', names.join(', ')),
    ]);
  });

/** UEFI_PLATFORM_FIRMWARE_BLOB and …BLOB2 (PC Client PFP 10.2.5): where a volume lay. The digest covers the volume. */
export const blobMeaning = (data: Uint8Array, withDescription: boolean): Attempt<DraftMeaning> =>
  attempt(() => {
    const reader = readerOf(data, 'little');
    const description = withDescription ? rawText(reader.bytes(reader.u8('description size'), 'description')) : '';
    const base = reader.u64('base address');
    const length = reader.u64('length');
    const place = `${length} bytes at 0x${base.toString(16)}`;
    return draft(
      GUEST.test(description) ? 'confidential-guest' : 'firmware-volume',
      description === '' ? `firmware volume at 0x${base.toString(16)}` : description,
      [...(description === '' ? [] : [claim('description', description)]), claim('place', place)],
    );
  });

const readableText = (data: Uint8Array): string => {
  const text = rawText(data);
  return /^[\p{L}\p{N}\p{P}\p{S} ]{1,200}$/u.test(text) ? text : '';
};

/** Events whose data is a name at most: POST codes, versions, compact hashes, device lists. */
export const namedMeaning = (kind: DraftMeaning['kind'], what: string, data: Uint8Array): DraftMeaning => {
  const text = readableText(data);
  const value = text === '' ? (data.length <= 64 ? toHex(data) : `${data.length} bytes`) : text;
  return draft(GUEST.test(text) ? 'confidential-guest' : kind, text === '' ? what : `${what} ${text}`, [wholeFact(what, value)]);
};

/** GUIDs and versions that some firmware writes as the S-CRTM version are 16 bytes. */
export const versionMeaning = (data: Uint8Array): DraftMeaning => {
  const text = readableText(data);
  const value = text === '' ? (data.length === 16 ? guidText(data) : toHex(data.subarray(0, 64))) : text;
  return draft('firmware-version', 'S-CRTM version', [wholeFact('S-CRTM version', value)]);
};

/** SP800-155 events: which reference manifest fits this platform (PC Client PFP 10.4.5.2). Never extended, so only claims. */
const manifestMeaning = (data: Uint8Array): Attempt<DraftMeaning> =>
  attempt(() => {
    const reader = readerOf(data, 'little');
    const signature = rawText(reader.bytes(16, 'signature'));
    const vendor = reader.u32('vendor');
    const manifest = guidText(reader.bytes(16, 'reference manifest GUID'));
    const facts = [claim('vendor', `0x${vendor.toString(16)}`), claim('reference manifest', manifest)];
    if (signature.endsWith('Event2') || signature.endsWith('Event3')) {
      const text = (what: string): void => {
        facts.push(claim(what, rawText(reader.bytes(reader.u8(what), what))));
      };
      for (const what of ['platform manufacturer', 'platform model', 'platform version', 'firmware manufacturer']) text(what);
      facts.push(claim('firmware manufacturer id', `0x${reader.u32('firmware manufacturer id').toString(16)}`));
      text('firmware version');
    }
    return draft('reference-manifest', `reference manifest ${manifest}`, facts);
  });

/** EV_NO_ACTION is never extended: whatever it says is a claim, however it is labelled. */
export const noActionMeaning = (data: Uint8Array): DraftMeaning => {
  const head = asBuffer(data.subarray(0, 16)).toString('latin1');
  if (head.startsWith('Spec ID Event')) return draft('log-header', 'log header', [claim('format', head.replace(/\0+$/u, ''))]);
  if (head.startsWith('StartupLocality'))
    return draft('startup-locality', 'startup locality', [claim('locality', String(data[16] ?? '?'))]);
  if (head.startsWith('SP800-155 Event')) {
    const manifest = manifestMeaning(data);
    return manifest.ok ? manifest.value : draft('reference-manifest', 'reference manifest', [claim('unreadable', manifest.message)]);
  }
  return draft('other', 'event that is never extended', [claim('bytes', toHex(data.subarray(0, 64)))]);
};
