/**
 * For tests only: a host that is honest in every part but the one a test chooses, so that what fails is what the test is about. The quote
 * is always signed over the values that the parts lead to: an attack here is one that a signature alone does not stop.
 */
import { type KeyObject, constants, generateKeyPairSync, sign } from 'node:crypto';
import type { CheckCode, CheckOutcome } from '../../../shared/model/check.ts';
import { verifyEvidence } from '../index.ts';
import type { EvidenceInput, PcrValues } from '../types.ts';
import {
  AK_ATTRIBUTES,
  type ClockInput,
  FILES,
  NONCE,
  REQUIRED,
  type TestKey,
  attestHeader,
  digest,
  hashId,
  imaNgData,
  imaNgLine,
  makeEvidence,
  makeKey,
  nameOf,
  specId,
  tpm2b,
  u16,
  u32,
  u8,
} from './host.ts';

export const ak = makeKey('ecdsa256');
export const stranger = makeKey('ecdsa256');
export const honest = makeEvidence({ key: ak });

export const codes = (input: EvidenceInput, outcome: CheckOutcome): readonly CheckCode[] =>
  verifyEvidence(input)
    .checks.filter((check) => check.outcome === outcome)
    .map((check) => check.code)
    .sort();

export const outcomeOf = (input: EvidenceInput, code: CheckCode): string =>
  verifyEvidence(input).checks.find((check) => check.code === code)?.outcome ?? 'absent';

export const messageOf = (input: EvidenceInput, code: CheckCode): string =>
  verifyEvidence(input).checks.find((check) => check.code === code)?.message ?? '';

/** One attack: what it is, the evidence, and the codes that fail: all of them and no others. */
export type Attack = readonly [what: string, input: () => EvidenceInput, fails: readonly CheckCode[]];

/** One honest variation: nothing fails, and the code named has the outcome named. */
export type Variation = readonly [what: string, input: () => EvidenceInput, code: CheckCode, outcome: CheckOutcome];

export type Pcrs = Readonly<Record<string, Readonly<Record<number, Buffer>>>>;
export type Select = readonly [bank: string, pcrs: readonly number[], size?: number];

export const selectionBytes = (selects: readonly Select[]): Buffer =>
  Buffer.concat([
    u32(selects.length),
    ...selects.flatMap(([bank, pcrs, size = 3]) => {
      const bits = Buffer.alloc(size);
      for (const pcr of pcrs) if (pcr >> 3 < size) bits[pcr >> 3] = (bits[pcr >> 3] ?? 0) | (1 << (pcr & 7));
      return [u16(hashId(bank)), u8(size), bits];
    }),
  ]);

export const pcrDigest = (key: TestKey, pcrs: Pcrs, selects: readonly Select[]): Buffer =>
  digest(
    key.hash,
    ...selects.flatMap(([bank, indices]) => [...indices].sort((a, b) => a - b).map((pcr) => pcrs[bank]?.[pcr] ?? digest(bank).fill(0))),
  );

export const signed = (attest: Buffer, key: TestKey = ak): EvidenceInput['quote'] => ({ attest, signature: key.sign(attest) });

export const quote = (pcrs: Pcrs, selects: readonly Select[], key: TestKey = ak, nonce: Uint8Array = NONCE, clock: ClockInput = {}) =>
  signed(Buffer.concat([attestHeader(0x8018, nonce, clock), selectionBytes(selects), tpm2b(pcrDigest(key, pcrs, selects))]), key);

export const bankOf = (values: PcrValues[keyof PcrValues]): Record<number, Buffer> =>
  Object.fromEntries(Object.entries(values ?? {}).map(([pcr, hex]) => [Number(pcr), Buffer.from(hex, 'hex')]));
export const honestPcrs: Pcrs = { sha256: bankOf(honest.pcrs.sha256) };
export const hexOf = (pcrs: Pcrs): PcrValues =>
  Object.fromEntries(
    Object.entries(pcrs).map(([bank, values]) => [
      bank,
      Object.fromEntries(Object.entries(values).map(([pcr, value]) => [pcr, value.toString('hex')])),
    ]),
  );

/** The honest host with its geo tag left out, where only the quote is in question. */
export const { geo: honestGeo, ...bare } = honest;

export const withQuote = (made: EvidenceInput['quote']): EvidenceInput => ({ ...bare, quote: made });

/** Same evidence by another key, enrolled. */
export const byKey = (key: TestKey, area: Buffer = key.area()): EvidenceInput => ({
  ...bare,
  akTpm2bPublic: area,
  akPem: key.pem,
  quote: quote(honestPcrs, [['sha256', REQUIRED]], key),
  enrolment: { akName: nameOf(area), akPem: key.pem, source: 'a test' },
});

/** Events of a log, apart from any encoder: [PCR, type, data, what was measured]. */
export type Step = readonly [pcr: number, type: number, data: Uint8Array, measured?: Uint8Array | undefined];

/** Replays steps by the definition: PCR := H(PCR || H(measured)); EV_NO_ACTION extends nothing. */
export const replay = (bank: string, steps: readonly Step[], startup = 0): Record<number, Buffer> => {
  const pcrs: Record<number, Buffer> = Object.fromEntries(REQUIRED.map((pcr) => [pcr, digest(bank).fill(0)]));
  const first = digest(bank).fill(0);
  first[first.length - 1] = startup;
  pcrs[0] = first;
  for (const [pcr, type, data, measured = data] of steps)
    if (type !== 3) pcrs[pcr] = digest(bank, pcrs[pcr] ?? digest(bank).fill(0), digest(bank, measured));
  return pcrs;
};

const imaOf = (boot: Readonly<Record<number, Buffer>>): { readonly list: Buffer; readonly pcr10: Buffer } => {
  const aggregate = digest('sha256', ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((pcr) => boot[pcr] ?? Buffer.alloc(32)));
  const files = [{ path: 'boot_aggregate', digest: aggregate }, ...FILES];
  const pcr10 = files.reduce<Buffer>(
    (pcr, file) => digest('sha256', pcr, digest('sha256', imaNgData(file.path, file.digest))),
    Buffer.alloc(32),
  );
  return { list: Buffer.from(files.map((file) => imaNgLine(file.path, file.digest)).join('')), pcr10 };
};

/** A host whose sha256 PCRs are these and whose log is these bytes; its IMA list and quote follow. */
export const withLog = (log: Buffer, boot: Readonly<Record<number, Buffer>>): EvidenceInput => {
  const { list, pcr10 } = imaOf(boot);
  const pcrs: Pcrs = { sha256: { ...boot, 10: pcr10 } };
  return { ...bare, eventLog: log, ima: list, pcrs: hexOf(pcrs), quote: quote(pcrs, [['sha256', REQUIRED]]) };
};

/** A host whose IMA list is this text and whose PCR 10 is this value. */
export const withIma = (list: string | Buffer, pcr10: Buffer): EvidenceInput => {
  const pcrs: Pcrs = { sha256: { ...honestPcrs['sha256'], 10: pcr10 } };
  return { ...bare, ima: Buffer.from(list), pcrs: hexOf(pcrs), quote: quote(pcrs, [['sha256', REQUIRED]]) };
};

export const SPEC_ID = specId(['sha256']);

export type RsaPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
export const rsaPair = (modulusLength: number, publicExponent = 65537): RsaPair =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent });

/** An RSA attestation key of a chosen size, exponent and salt. */
export const rsaAk = (pair: RsaPair, scheme: number, bits: number, exponent: number, salt?: number): TestKey => {
  const modulus = Buffer.from(pair.publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
  const padding =
    salt === undefined ? { padding: constants.RSA_PKCS1_PADDING } : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt };
  return {
    kind: scheme === 0x14 ? 'rsassa' : 'rsapss',
    hash: 'sha256',
    pem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    area: (attributes = AK_ATTRIBUTES) =>
      tpm2b(
        Buffer.concat([
          u16(1),
          u16(11),
          u32(attributes),
          u16(0),
          u16(0x10),
          u16(scheme),
          u16(11),
          u16(bits),
          u32(exponent),
          tpm2b(modulus),
        ]),
      ),
    sign: (message) => Buffer.concat([u16(scheme), u16(11), tpm2b(sign('sha256', message, { key: pair.privateKey, ...padding }))]),
  };
};
