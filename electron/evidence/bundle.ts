import { type Result, fail, ok } from '../../shared/model/result.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { BANKS, DIGEST_SIZE } from './hashing.ts';
import type { Bank, EvidenceInput, GeoEvidence, PcrSelection, PcrValues } from './types.ts';

/** Largest bundle that is read: an IMA list of 256 MiB in JSON, and room for the rest. */
export const MAX_BUNDLE_CHARACTERS = 400 * 1024 * 1024;
const MAX_HOST_CHARACTERS = 255;
const LAST_PCR = 23;

/** Stops the parse; never leaves this file. */
class BundleFault extends Error {}

const stop = (message: string): never => {
  throw new BundleFault(message);
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown, where: string): Fields => (isFields(value) ? value : stop(`${where} is not an object`));
const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const textOf = (value: unknown, where: string): string => (typeof value === 'string' ? value : stop(`${where} is not text`));

const base64Of = (value: unknown, where: string): Buffer => {
  const text = textOf(value, where);
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/u.test(text)) return stop(`${where} is not base64`);
  return Buffer.from(text, 'base64');
};

const hexOf = (value: unknown, where: string): Buffer => {
  const text = textOf(value, where);
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/u.test(text)) return stop(`${where} is not hexadecimal`);
  return Buffer.from(text, 'hex');
};

const pcrIndexOf = (key: string, where: string): number => {
  const index = Number(key);
  return /^\d{1,2}$/u.test(key) && index <= LAST_PCR ? index : stop(`${where} names PCR ${visibleText(key, 20)}`);
};

const pcrsOf = (value: unknown): PcrValues => {
  const fields = fieldsOf(value, 'pcrs');
  const values: PcrValues = {};
  for (const bank of BANKS) {
    if (!isGiven(fields[bank])) continue;
    const bankValues: Record<number, string> = {};
    for (const [key, digest] of Object.entries(fieldsOf(fields[bank], `pcrs.${bank}`))) {
      // Tools that print selected banks without values leave them as empty text; they claim nothing.
      if (digest === '') continue;
      const index = pcrIndexOf(key, `pcrs.${bank}`);
      // "0" and "00" are one PCR; which of two values was meant is not ours to choose.
      if (bankValues[index] !== undefined) stop(`pcrs.${bank} names PCR ${index} twice`);
      const bytes = hexOf(digest, `pcrs.${bank}.${index}`);
      if (bytes.length !== DIGEST_SIZE[bank])
        stop(`pcrs.${bank}.${index} has ${bytes.length} bytes; a ${bank} digest has ${DIGEST_SIZE[bank]}`);
      bankValues[index] = bytes.toString('hex');
    }
    values[bank] = bankValues;
  }
  return values;
};

const selectionOf = (value: unknown, where: string): PcrSelection => {
  const fields = fieldsOf(value, where);
  const selection: Partial<Record<Bank, readonly number[]>> = {};
  for (const key of Object.keys(fields))
    if (!BANKS.some((bank) => bank === key)) stop(`${where} names unknown bank ${visibleText(key, 20)}`);
  for (const bank of BANKS) {
    const list: unknown = fields[bank];
    if (!isGiven(list)) continue;
    if (!Array.isArray(list)) return stop(`${where}.${bank} is not a list`);
    selection[bank] = list.map((item: unknown) => pcrIndexOf(String(item), `${where}.${bank}`));
  }
  return selection;
};

const attestationOf = (value: unknown, where: string): { readonly attest: Uint8Array; readonly signature: Uint8Array } => {
  const fields = fieldsOf(value, where);
  return { attest: base64Of(fields['attest'], `${where}.attest`), signature: base64Of(fields['signature'], `${where}.signature`) };
};

const nvIndexOf = (value: unknown): number => {
  const index = typeof value === 'string' && /^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/u.test(value) ? Number(value) : value;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index <= 0xffffffff
    ? index
    : stop('geo.nvIndex is not an NV index');
};

const geoOf = (value: unknown): GeoEvidence => {
  const fields = fieldsOf(value, 'geo');
  const geo: GeoEvidence = { ...attestationOf(value, 'geo'), nvIndex: nvIndexOf(fields['nvIndex']) };
  return isGiven(fields['signerPem']) ? { ...geo, signerPem: textOf(fields['signerPem'], 'geo.signerPem') } : geo;
};

const imaOf = (fields: Fields): Uint8Array | undefined => {
  if (isGiven(fields['imaAscii'])) return Buffer.from(textOf(fields['imaAscii'], 'imaAscii'), 'utf8');
  return isGiven(fields['imaBinary']) ? base64Of(fields['imaBinary'], 'imaBinary') : undefined;
};

const read = (document: unknown): EvidenceInput => {
  const fields = fieldsOf(document, 'the bundle');
  const host = textOf(fields['host'], 'host');
  if (host.length > MAX_HOST_CHARACTERS) stop(`host has ${host.length} characters; at most ${MAX_HOST_CHARACTERS} are allowed`);
  const policy = isGiven(fields['policy']) ? fieldsOf(fields['policy'], 'policy') : {};
  const previous = isGiven(fields['previous']) ? fieldsOf(fields['previous'], 'previous') : undefined;
  const ima = imaOf(fields);
  const when = <T>(
    key: string,
    take: (value: unknown, where: string) => T,
    as: (taken: T) => Partial<EvidenceInput>,
  ): Partial<EvidenceInput> => (isGiven(fields[key]) ? as(take(fields[key], key)) : {});
  return {
    host,
    nonce: hexOf(fields['nonce'], 'nonce'),
    quote: attestationOf(fields['quote'], 'quote'),
    pcrs: pcrsOf(fields['pcrs']),
    requiredSelection: isGiven(policy['pcrSelection']) ? selectionOf(policy['pcrSelection'], 'policy.pcrSelection') : {},
    ...when('akPem', textOf, (akPem) => ({ akPem })),
    ...when('akTpm2bPublic', base64Of, (akTpm2bPublic) => ({ akTpm2bPublic })),
    ...when('ekTpm2bPublic', base64Of, (ekTpm2bPublic) => ({ ekTpm2bPublic })),
    ...when('ekCertDer', base64Of, (ekCertDer) => ({ ekCertDer })),
    ...when('eventLog', base64Of, (eventLog) => ({ eventLog })),
    ...when('geo', geoOf, (geo) => ({ geo })),
    ...when('claimedPcrSelection', selectionOf, (claimedSelection) => ({ claimedSelection })),
    ...(ima === undefined ? {} : { ima }),
    ...(previous === undefined ? {} : { previousQuote: attestationOf(previous['quote'], 'previous.quote') }),
  };
};

const refuse = (message: string): Result<EvidenceInput> => fail('bundle', message, 'Check that the file is an evidence bundle.');

/**
 * Reads an evidence bundle (JSON; binary parts in base64, nonce and PCR values in hex) into the input of `verifyEvidence`.
 * Fails with `bundle` and the name of the field at fault. Never throws. The enrolment is not part of a bundle: whoever made
 * the bundle could enrol anything.
 */
export const parseBundle = (text: string): Result<EvidenceInput> => {
  if (text.length > MAX_BUNDLE_CHARACTERS)
    return refuse(`The bundle has ${text.length} characters; at most ${MAX_BUNDLE_CHARACTERS} are read.`);
  try {
    return ok(read(JSON.parse(text)));
  } catch (error) {
    if (error instanceof BundleFault) return refuse(`The bundle cannot be read: ${error.message}.`);
    if (error instanceof SyntaxError) return refuse(`The bundle is not JSON: ${visibleText(error.message, 200)}.`);
    return refuse('The bundle cannot be read.');
  }
};
