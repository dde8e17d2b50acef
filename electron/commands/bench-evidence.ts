import { type KeyObject, constants, generateKeyPairSync, hash, sign, verify } from 'node:crypto';
import { createKeyCache, parseEventLog, parseIma, replayEventLog, verifyEvidence } from '../evidence/index.ts';
import type { EvidenceInput } from '../evidence/types.ts';
import type { BenchResult } from './bench-result.ts';

const PCRS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14];
const ROUNDS = 7;
const LOG_EVENTS = 120;
const LOG_DATA_BYTES = 360;
const IMA_ENTRIES = 20_000;

const u16 = (value: number): Buffer => {
  const out = Buffer.alloc(2);
  out.writeUInt16BE(value);
  return out;
};
const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};
const u32le = (value: number): Buffer => u32(value).reverse();
const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);
const zeroDigest = '00'.repeat(32);

/** A signed quote over zeroed PCRs, made here: encoding for measurement only. */
const makeQuote = (publicArea: Buffer, signer: (message: Buffer) => Buffer): EvidenceInput => {
  const bits = Buffer.alloc(3);
  for (const pcr of PCRS) bits[pcr >> 3] = (bits[pcr >> 3] ?? 0) | (1 << (pcr & 7));
  const digest = Buffer.from(hash('sha256', Buffer.alloc(32 * PCRS.length), 'hex'), 'hex');
  const nonce = Buffer.alloc(20, 7);
  const selection = Buffer.concat([u32(1), u16(0x000b), Buffer.from([3]), bits]);
  const clock = Buffer.concat([Buffer.alloc(8, 1), u32(1), u32(0), Buffer.from([1]), Buffer.alloc(8)]);
  const attest = Buffer.concat([u32(0xff544347), u16(0x8018), sized(Buffer.alloc(34, 3)), sized(nonce), clock, selection, sized(digest)]);
  return {
    host: 'bench',
    nonce,
    akTpm2bPublic: sized(publicArea),
    quote: { attest, signature: signer(attest) },
    pcrs: { sha256: Object.fromEntries(PCRS.map((pcr) => [pcr, zeroDigest])) },
    requiredSelection: { sha256: PCRS },
  };
};

const ATTRIBUTES = u32(0x00050072);
const SYMMETRIC_NULL = u16(0x0010);

type Subject = { readonly name: string; readonly input: EvidenceInput; readonly bare: () => boolean };

const rsaSubject = (): Subject => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
  const area = Buffer.concat([
    u16(0x0001),
    u16(0x000b),
    ATTRIBUTES,
    u16(0),
    SYMMETRIC_NULL,
    u16(0x0014),
    u16(0x000b),
    u16(2048),
    u32(0),
    sized(modulus),
  ]);
  let raw: Buffer = Buffer.alloc(0);
  const input = makeQuote(area, (message) => {
    raw = sign('sha256', message, privateKey);
    return Buffer.concat([u16(0x0014), u16(0x000b), sized(raw)]);
  });
  const bareKey: KeyObject = publicKey;
  return {
    name: 'RSA-2048',
    input,
    bare: () => verify('sha256', input.quote.attest, { key: bareKey, padding: constants.RSA_PKCS1_PADDING }, raw),
  };
};

const eccSubject = (): Subject => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([sized(Buffer.from(x, 'base64url')), sized(Buffer.from(y, 'base64url'))]);
  const area = Buffer.concat([
    u16(0x0023),
    u16(0x000b),
    ATTRIBUTES,
    u16(0),
    SYMMETRIC_NULL,
    u16(0x0018),
    u16(0x000b),
    u16(0x0003),
    u16(0x0010),
    point,
  ]);
  let raw: Buffer = Buffer.alloc(0);
  const input = makeQuote(area, (message) => {
    raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return Buffer.concat([u16(0x0018), u16(0x000b), sized(raw.subarray(0, 32)), sized(raw.subarray(32))]);
  });
  return { name: 'P-256', input, bare: () => verify('sha256', input.quote.attest, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw) };
};

/** A SHA-256 agile log of about 52 KB: boot loader texts in PCR 8, separators, one Spec ID event. */
const makeLog = (): Buffer => {
  const specId = Buffer.concat([
    Buffer.from('Spec ID Event03\0', 'latin1'),
    u32le(0),
    Buffer.from([0, 2, 0, 2]),
    u32le(1),
    Buffer.from([0x0b, 0, 32, 0, 0]),
  ]);
  const header = Buffer.concat([u32le(0), u32le(3), Buffer.alloc(20), u32le(specId.length), specId]);
  const events = Array.from({ length: LOG_EVENTS }, (_, i) => {
    const data = Buffer.from(`grub_cmd: menuentry ${i} ${'x'.repeat(LOG_DATA_BYTES)}\0`, 'latin1');
    const digest = Buffer.from(hash('sha256', data.subarray(10, data.length - 1), 'hex'), 'hex');
    return Buffer.concat([u32le(8), u32le(0x0d), u32le(1), Buffer.from([0x0b, 0]), digest, u32le(data.length), data]);
  });
  return Buffer.concat([header, ...events]);
};

const makeIma = (): Buffer => {
  const lines: string[] = [];
  for (let i = 0; i < IMA_ENTRIES; i += 1) {
    const digest = hash('sha256', `file ${i}`, 'hex');
    const path = `/usr/lib/x86_64-linux-gnu/modules/library-${i}.so.${i % 7}`;
    const field = Buffer.concat([Buffer.from('sha256:\0', 'latin1'), Buffer.from(digest, 'hex')]);
    const name = Buffer.from(`${path}\0`, 'latin1');
    const data = Buffer.concat([u32le(field.length), field, u32le(name.length), name]);
    lines.push(`10 ${hash('sha1', data, 'hex')} ima-ng sha256:${digest} ${path}\n`);
  }
  return Buffer.from(lines.join(''), 'latin1');
};

/** Microseconds per call, the best of several rounds. */
const best = (work: () => unknown, calls: number, signal: AbortSignal): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && !signal.aborted; round += 1) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i += 1) work();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1000 / calls);
  }
  return least;
};

const result = (name: string, value: number, unit: string, limit: number): BenchResult => ({
  name,
  value,
  unit,
  limit,
  ratio: limit / value,
});

const measureQuote = ({ name, input, bare }: Subject, signal: AbortSignal): BenchResult => {
  const keyCache = createKeyCache();
  if (verifyEvidence(input, { keyCache }).quotedPcrs.sha256 === undefined || !bare())
    throw new Error(`the ${name} quote made for measurement does not verify`);
  return result(
    `quote ${name}, all quote checks, cached key`,
    best(() => verifyEvidence(input, { keyCache }), 200, signal),
    'us',
    best(bare, 200, signal),
  );
};

const measureLog = (log: Buffer, signal: AbortSignal): readonly BenchResult[] => {
  const message = Buffer.alloc(64, 1);
  const bareReplay = best(
    () => {
      for (let i = 0; i < LOG_EVENTS; i += 1) hash('sha256', message, 'binary');
    },
    50,
    signal,
  );
  const data = Buffer.alloc(LOG_DATA_BYTES, 1);
  const bareAll = best(
    () => {
      for (let i = 0; i < LOG_EVENTS; i += 1) {
        hash('sha256', message, 'binary');
        hash('sha256', data, 'binary');
      }
    },
    50,
    signal,
  );
  const size = `${Math.round(log.length / 1024)} KB log, ${LOG_EVENTS} events`;
  return [
    result(
      `${size}: parse and replay`,
      best(() => replayEventLog(log), 50, signal),
      'us',
      bareReplay,
    ),
    result(
      `${size}: and describe, data digests`,
      best(() => parseEventLog(log), 50, signal),
      'us',
      bareAll,
    ),
  ];
};

const measureIma = (list: Buffer, signal: AbortSignal): BenchResult => {
  const message = Buffer.alloc(128, 1);
  const options = { banks: ['sha256'], legacyPadded: false } as const;
  const value = best(() => parseIma(list, options), 1, signal) / 1000;
  const limit =
    best(
      () => {
        for (let i = 0; i < IMA_ENTRIES; i += 1) {
          hash('sha1', message, 'binary');
          hash('sha256', message, 'binary');
          hash('sha256', message.subarray(0, 64), 'binary');
        }
      },
      1,
      signal,
    ) / 1000;
  return result(`IMA ascii list, ${IMA_ENTRIES} entries, 3 hashes each`, value, 'ms', limit);
};

/** Evidence verification beside the cryptography that it cannot avoid. Everything is synthesised, so it runs anywhere. */
export const evidenceSuite = (signal: AbortSignal): readonly BenchResult[] => [
  measureQuote(rsaSubject(), signal),
  measureQuote(eccSubject(), signal),
  ...measureLog(makeLog(), signal),
  measureIma(makeIma(), signal),
];
