import { hexDigest, toHex } from '../../hashing.ts';
import type { SignatureEntry } from '../../types.ts';
import { loadOption } from '../device-path.ts';
import { EV_EFI_VARIABLE_AUTHORITY } from '../types.ts';
import type { UefiVariable } from '../uefi.ts';
import { programOf } from './boot-files.ts';
import { claim, draft, rawText, valueFact, wholeFact } from './draft.ts';
import { parseSbatLevel } from './sbat.ts';
import { ownerListOf } from './texts.ts';
import type { DraftFact, DraftMeaning, MeaningKind } from './types.ts';

const SWITCHES: ReadonlySet<string> = new Set(['SecureBoot', 'SetupMode', 'AuditMode', 'DeployedMode', 'MokSBState', 'MokDBState']);
const DATABASES: ReadonlySet<string> = new Set([
  'PK',
  'KEK',
  'db',
  'dbx',
  'dbt',
  'dbr',
  'PKDefault',
  'KEKDefault',
  'dbDefault',
  'dbxDefault',
]);

const signatureFacts = (signatures: readonly SignatureEntry[]): readonly DraftFact[] => {
  const facts: DraftFact[] = [];
  const certificates = signatures.filter((entry) => entry.kind === 'x509');
  const others = signatures.length - certificates.length;
  if (others > 0) facts.push(valueFact('hashes', String(others)));
  if (certificates.length > 0) facts.push(valueFact('certificates', String(certificates.length)));
  for (const entry of certificates.slice(0, 40)) {
    const read = entry.certificate;
    const owner = entry.ownerName ?? entry.owner;
    const text =
      read === undefined
        ? `unreadable, SHA-256 ${entry.sha256}`
        : `${read.subject}; issued by ${read.issuer}; serial ${read.serial}; valid ${read.notBefore} to ${read.notAfter}; SHA-256 ${entry.sha256}`;
    facts.push(valueFact(`certificate of owner ${owner}`, text));
  }
  return facts;
};

const bootOrder = (value: Uint8Array): string => {
  const entries: string[] = [];
  for (let i = 0; i + 1 < value.length && entries.length < 64; i += 2)
    entries.push(((value[i] ?? 0) + (value[i + 1] ?? 0) * 256).toString(16).padStart(4, '0').toUpperCase());
  return entries.join(', ');
};

const bootEntry = (variable: UefiVariable): readonly DraftFact[] => {
  const option = loadOption(variable.data);
  if (!option.ok) return [];
  const { description, path, active, optional } = option.value;
  const program = programOf(path);
  return [
    valueFact('description', description),
    valueFact('starts', path),
    ...(program === undefined ? [] : [claim('looks like', program)]),
    valueFact('active', active ? 'yes' : 'no'),
    ...(optional.length === 0
      ? []
      : [valueFact('options', /^[\x20-\x7e]{2,}$/u.test(rawText(optional)) ? rawText(optional) : `${optional.length} bytes`)]),
  ];
};

const kindOf = (type: number, name: string): MeaningKind => {
  if (name === 'SbatLevel') return 'revocation-level';
  if (SWITCHES.has(name)) return 'secure-boot-switch';
  if (ownerListOf(name) !== undefined) return 'owner-keys';
  if (type === EV_EFI_VARIABLE_AUTHORITY) return 'authority';
  if (DATABASES.has(name)) return 'key-database';
  if (name === 'BootOrder' || name === 'BootCurrent' || name === 'BootNext') return 'boot-order';
  return /^Boot[0-9A-Fa-f]{4}$/u.test(name) ? 'boot-entry' : 'variable';
};

/** A UEFI variable. Where the digest covers only its value, the name stays a claim. */
export const variableMeaning = (type: number, variable: UefiVariable, signatures: readonly SignatureEntry[] | undefined): DraftMeaning => {
  const { name, guid, data } = variable;
  const kind = kindOf(type, name);
  const subject = type === EV_EFI_VARIABLE_AUTHORITY ? `authority ${name}` : `variable ${name}`;
  const facts: DraftFact[] = [wholeFact('variable', name), wholeFact('vendor', guid)];
  if (kind === 'revocation-level') {
    const level = parseSbatLevel(rawText(data));
    if (level === null) return draft(kind, subject, facts);
    facts.push(...Object.entries(level.generations).map(([component, generation]) => valueFact(component, `generation ${generation}`)));
    if (level.date !== null) facts.push(valueFact('level of', level.date));
    return { ...draft(kind, subject, facts), revocations: level.generations };
  }
  if (kind === 'secure-boot-switch' && data.length === 1) facts.push(valueFact('value', String(data[0])));
  if (signatures !== undefined) facts.push(...signatureFacts(signatures));
  else if (kind === 'key-database' && data.length === 0) facts.push(valueFact('entries', 'none'));
  // No list of well-known dbx levels is built in: an update is recognised by this digest, or by what it adds.
  if (name === 'dbx' && kind === 'key-database') facts.push(valueFact('SHA-256 of the list', hexDigest('sha256', data)));
  if (kind === 'boot-order') facts.push(valueFact('order', bootOrder(data)));
  if (kind === 'boot-entry') facts.push(...bootEntry(variable));
  const list = kind === 'owner-keys' ? ownerListOf(name) : undefined;
  if (list !== undefined) facts.push(claim('holds', list));
  if (kind === 'variable') facts.push(valueFact('value', data.length <= 32 ? toHex(data) : `${data.length} bytes`));
  return draft(kind, subject, facts);
};
