import { type KeyObject, generateKeyPairSync, hash, sign, verify } from 'node:crypto';
import { createKeyCache, createLogCache, parseIma, verifyEvidence } from '../../evidence/index.ts';
import type { EvidenceInput, ImaState } from '../../evidence/types.ts';
import type { BenchResult } from '../bench-result.ts';
import { digestOf, sized, u16, u32, u64 } from './encode.ts';
import { entryOf, imaEntries } from './ima.ts';
import { logOf } from './event-log.ts';
import { compare, inTurn, resultOf } from './measure.ts';

const PCRS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14];
const BOOT_PCRS = PCRS.slice(0, 10);
const QUOTES = 32;
const CALLS = 100;
const NEW_ENTRIES = 50;
const ATTRIBUTES = u32(0x00050072);
const SHA256 = u16(0x000b);
const NULL_ALG = u16(0x0010);

type Signer = {
  readonly name: string;
  readonly area: Buffer;
  readonly key: KeyObject;
  /** The signature as OpenSSL takes it, and as a TPM sends it. */
  readonly sign: (message: Buffer) => { readonly raw: Buffer; readonly tpm: Buffer };
};

const rsaSigner = (): Signer => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
  const parameters = Buffer.concat([NULL_ALG, u16(0x0014), SHA256, u16(2048), u32(0)]);
  return {
    name: 'RSA-2048',
    area: Buffer.concat([u16(0x0001), SHA256, ATTRIBUTES, u16(0), parameters, sized(modulus)]),
    key: publicKey,
    sign: (message) => {
      const raw = sign('sha256', message, privateKey);
      return { raw, tpm: Buffer.concat([u16(0x0014), SHA256, sized(raw)]) };
    },
  };
};

/** The integers of an ECDSA-Sig-Value; short lengths only, as P-256 has. */
const integersOf = (der: Buffer): readonly [Buffer, Buffer] => {
  const first = der[3] ?? 0;
  const second = der[5 + first] ?? 0;
  return [der.subarray(4, 4 + first), der.subarray(6 + first, 6 + first + second)];
};
const unsigned = (integer: Buffer): Buffer => (integer[0] === 0 ? integer.subarray(1) : integer);

const eccSigner = (): Signer => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([sized(Buffer.from(x, 'base64url')), sized(Buffer.from(y, 'base64url'))]);
  const parameters = Buffer.concat([NULL_ALG, u16(0x0018), SHA256, u16(0x0003), NULL_ALG]);
  return {
    name: 'P-256',
    area: Buffer.concat([u16(0x0023), SHA256, ATTRIBUTES, u16(0), parameters, point]),
    key: publicKey,
    sign: (message) => {
      const raw = sign('sha256', message, privateKey);
      const [r, s] = integersOf(raw);
      return { raw, tpm: Buffer.concat([u16(0x0018), SHA256, sized(unsigned(r)), sized(unsigned(s))]) };
    },
  };
};

type Quoted = { readonly input: EvidenceInput; readonly raw: Buffer };

/** Quotes of one key over the same values, each for a nonce and a clock of its own. */
const quotesOf = (signer: Signer, pcrs: Readonly<Record<number, string>>): readonly Quoted[] => {
  const bits = Buffer.alloc(3);
  for (const pcr of PCRS) bits[pcr >> 3] = (bits[pcr >> 3] ?? 0) | (1 << (pcr & 7));
  const selection = Buffer.concat([u32(1), SHA256, Buffer.from([3]), bits]);
  const digest = digestOf('sha256', ...PCRS.map((pcr) => Buffer.from(pcrs[pcr] ?? '', 'hex')));
  const requiredSelection = { sha256: PCRS };
  const area = sized(signer.area);
  const akName = `000b${hash('sha256', signer.area, 'hex')}`;
  const enrolment = { akName, source: 'the enrolment' };
  // A primary key of the endorsement hierarchy: the hash over the handle and the name.
  const qualifiedSigner = sized(Buffer.concat([SHA256, digestOf('sha256', u32(0x4000000b), Buffer.from(akName, 'hex'))]));
  return Array.from({ length: QUOTES }, (_, i) => {
    const nonce = digestOf('sha1', u32(i));
    const clock = Buffer.concat([u64(1_000_000 + i), u32(7), u32(0), Buffer.from([1]), u64(0x20240101)]);
    const attest = Buffer.concat([u32(0xff544347), u16(0x8018), qualifiedSigner, sized(nonce), clock, selection, sized(digest)]);
    const { raw, tpm } = signer.sign(attest);
    // Values are strings of their own, as they are when they come out of an answer.
    const values = Object.fromEntries(PCRS.map((pcr) => [pcr, Buffer.from(pcrs[pcr] ?? '', 'hex').toString('hex')]));
    const input: EvidenceInput = {
      host: `host ${i}`,
      nonce,
      akTpm2bPublic: Buffer.from(area),
      quote: { attest, signature: tpm },
      pcrs: { sha256: values },
      requiredSelection,
      enrolment,
      previous: { resetCount: 7, restartCount: 0, clockMs: 999_999n, safe: true, firmwareVersion: 0x20240101n },
    };
    return { input, raw };
  });
};

const plain = Object.fromEntries(PCRS.map((pcr) => [pcr, hash('sha256', `PCR ${pcr}`, 'hex')]));

const proves = (input: EvidenceInput): void => {
  if (verifyEvidence(input).quotedPcrs.sha256 === undefined) throw new Error('a quote made for measurement does not verify');
};

const measureQuote = (signer: Signer, signal: AbortSignal): BenchResult => {
  const quotes = quotesOf(signer, plain);
  for (const { input } of quotes) proves(input);
  const keyCache = createKeyCache();
  const [next, bare] = [inTurn(quotes), inTurn(quotes)];
  return resultOf(
    `quote ${signer.name}, all quote checks, cached key`,
    compare(
      () => verifyEvidence(next().input, { keyCache }),
      () => {
        const { input, raw } = bare();
        return verify('sha256', input.quote.attest, signer.key, raw);
      },
      CALLS,
      signal,
    ),
    'us',
  );
};

/** The usual poll: the log of last time, a new quote, a few new IMA entries behind a proven list. */
const measureSteady = (signer: Signer, signal: AbortSignal): readonly BenchResult[] => {
  const all = imaEntries(1000 + NEW_ENTRIES);
  const { log, pcrs } = logOf(['sha256']);
  const boot: Readonly<Record<number, string>> = { ...Object.fromEntries(PCRS.map((pcr) => [pcr, '00'.repeat(32)])), ...pcrs.sha256 };
  const aggregate = digestOf('sha256', ...BOOT_PCRS.map((pcr) => Buffer.from(boot[pcr] ?? '', 'hex')));
  const old = Buffer.from([entryOf('boot_aggregate', aggregate).line, ...all.lines.slice(0, 1000)].join(''));
  const fresh = Buffer.from(all.lines.slice(1000).join(''));
  const state = stateAfter(old);
  const continued = parseIma(fresh, { banks: ['sha256'], legacyPadded: false, from: state });
  const ten = continued.ok ? continued.value.pcr10['sha256'] : undefined;
  const values = { ...boot, 10: ten ?? '' };
  const quotes = quotesOf(signer, values).map(({ input, raw }) => ({
    raw,
    input: { ...input, eventLog: Buffer.from(log), ima: fresh, imaFrom: { resetCount: 7, state } },
  }));
  const options = { keyCache: createKeyCache(), logCache: createLogCache(), imaMode: 'fast' as const };
  for (const { input } of quotes) {
    const failed = verifyEvidence(input, options).checks.find((check) => check.outcome === 'fail');
    if (failed !== undefined) throw new Error(`evidence made for measurement fails: ${failed.message}`);
  }
  const [next, bare, bareHashes] = [inTurn(quotes), inTurn(quotes), inTurn(quotes)];
  const extend = Buffer.alloc(64);
  const messages = all.data.slice(1000);
  const name = `steady state ${signer.name}: same log, new quote, ${NEW_ENTRIES} new IMA entries`;
  const work = (): unknown => verifyEvidence(next().input, options);
  const signature = ({ input, raw }: Quoted): boolean => verify('sha256', input.quote.attest, signer.key, raw);
  return [
    resultOf(
      `${name} (to bare verify)`,
      compare(work, () => signature(bare()), CALLS, signal),
      'us',
    ),
    resultOf(
      `${name} (to bare verify and the bare hashes)`,
      compare(
        work,
        () => {
          for (const message of messages) {
            hash('sha256', message, 'binary');
            hash('sha256', extend, 'binary');
          }
          return signature(bareHashes());
        },
        CALLS,
        signal,
      ),
      'us',
    ),
  ];
};

const stateAfter = (list: Buffer): ImaState => {
  const replayed = parseIma(list, { banks: ['sha256'], legacyPadded: false });
  const value = replayed.ok ? replayed.value.pcr10['sha256'] : undefined;
  const proven = parseIma(list, { banks: ['sha256'], legacyPadded: false, quoted: { sha256: value ?? '' } });
  if (!proven.ok || proven.value.state === null) throw new Error('a list made for measurement is not proven');
  return proven.value.state;
};

export const quoteResults = (signal: AbortSignal): readonly BenchResult[] => {
  const signers = [rsaSigner(), eccSigner()];
  return [...signers.map((signer) => measureQuote(signer, signal)), ...signers.flatMap((signer) => measureSteady(signer, signal))];
};
