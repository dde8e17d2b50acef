import { createHash } from 'node:crypto';
import type { CallInput, CallOutput } from '../../shared/contract/contract.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { certificateFacts, certificateFields } from '../evidence/endorsement/certificate-fields.ts';
import { eventFields } from '../evidence/event-log/event-fields.ts';
import type { Fields } from '../evidence/fields.ts';
import { imaEntryFields } from '../evidence/ima/entry-fields.ts';
import { parseBundle } from '../evidence/index.ts';
import { attestFields } from '../evidence/tpm/attest-fields.ts';
import { attestationKeyFaults, parsePublic, type TpmPublic } from '../evidence/tpm/public.ts';
import type { EvidenceInput } from '../evidence/types.ts';
import { EvidenceDamaged, type PackedEvidence } from '../store/packed-evidence.ts';
import type { Readers } from '../store/readers.ts';
import type { ParsedEvidence } from './parsed-evidence.ts';

type RawStore = Pick<Readers, 'hosts' | 'evidence'>;
type Of = Pick<CallInput<'hosts.bytes'>, 'id' | 'what' | 'sha256'>;

const NEVER = (words: string): Result<never> => fail('none', `No ${words} of this host was delivered.`, 'Nothing has to be done.');
const GONE = (words: string): Result<never> =>
  fail('not-kept', `The ${words} is not kept any more, or was never kept.`, 'Look at what is newest.');
const WORDS: Readonly<Record<Of['what'], string>> = {
  'event-log': 'boot event log',
  ima: 'list of measured programs',
  quote: 'quote',
  signature: 'signature of the quote',
  'ek-certificate': 'endorsement certificate',
  'ak-public': 'attestation key',
};

const damaged = (): Result<never> =>
  fail('damaged', 'What is kept is not what its digest says.', 'Restore a backup: plumbline data restore.');

/** The newest quote, in the form in which it is kept. */
const newestBundle = ({ evidence }: RawStore, id: string): Result<EvidenceInput> => {
  const sha256 = evidence.of(id)?.newest.quote ?? null;
  if (sha256 === null) return GONE('newest quote');
  const found = evidence.quote(id, sha256);
  if (found.state !== 'kept') return found.state === 'damaged' ? damaged() : GONE('newest quote');
  const bundle = parseBundle(Buffer.from(found.bytes).toString('utf8'));
  return bundle.ok ? bundle : damaged();
};

const partOf = (bundle: EvidenceInput, what: 'quote' | 'signature' | 'ak-public'): Uint8Array | null => {
  if (what === 'quote') return bundle.quote.attest;
  return what === 'signature' ? bundle.quote.signature : (bundle.akTpm2bPublic ?? null);
};

const packedOf = (store: RawStore, { id, what, sha256 }: Of): PackedEvidence | null => {
  if (sha256 !== null) return store.evidence.packed(sha256);
  if (what === 'event-log' || what === 'ima') return store.hosts.packedEvidence(id, what);
  const certificate = store.evidence.of(id)?.newest.ekCertificate ?? null;
  return certificate === null ? null : store.evidence.packed(certificate);
};

type Bytes = { readonly bytes: Uint8Array; readonly sha256: string };

const bytesOf = async (store: RawStore, parsed: ParsedEvidence, of: Of): Promise<Result<Bytes>> => {
  const { what } = of;
  if (what === 'quote' || what === 'signature' || what === 'ak-public') {
    const bundle = newestBundle(store, of.id);
    if (!bundle.ok) return bundle;
    const bytes = partOf(bundle.value, what);
    return bytes === null ? NEVER(WORDS[what]) : ok({ bytes, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  const packed = packedOf(store, of);
  if (packed === null) return of.sha256 === null ? NEVER(WORDS[what]) : GONE(WORDS[what]);
  try {
    const bytes = await parsed.bytes(packed);
    return bytes === null ? damaged() : ok({ bytes, sha256: packed.sha256 });
  } catch (error) {
    if (error instanceof EvidenceDamaged) return damaged();
    throw error;
  }
};

const NO_FIELDS = (problem: string): CallOutput<'hosts.fields'> => ({ start: 0, length: 0, fields: [], problem });
const shown = ({ fields, problem }: Fields, start: number, length: number): CallOutput<'hosts.fields'> => ({
  start,
  length,
  fields: [...fields],
  problem,
});

const kindOf = ({ shape }: TpmPublic): string =>
  shape.kind === 'rsa' ? `RSA, ${shape.bits} bits` : `elliptic curve, ${shape.x.length * 8} bits`;

export type RawEvidence = {
  readonly bytes: (input: CallInput<'hosts.bytes'>) => Promise<CallOutput<'hosts.bytes'>>;
  readonly fields: (input: CallInput<'hosts.fields'>) => Promise<CallOutput<'hosts.fields'>>;
  readonly keys: (input: CallInput<'hosts.keys'>) => Promise<CallOutput<'hosts.keys'>>;
};

/** Evidence as it was received: its bytes in windows, its fields with their bytes, and what its keys say of themselves. */
export const createRawEvidence = (store: RawStore, parsed: ParsedEvidence): RawEvidence => ({
  bytes: async (input) => {
    const found = await bytesOf(store, parsed, input);
    if (!found.ok) return { problem: found.problem, sha256: null, total: 0, offset: input.offset, hex: '' };
    const { bytes, sha256 } = found.value;
    const part = bytes.subarray(input.offset, input.offset + input.limit);
    return { problem: null, sha256, total: bytes.length, offset: input.offset, hex: Buffer.from(part).toString('hex') };
  },
  fields: async (input) => {
    const { what, index } = input;
    const packed = what === 'event-log' ? packedOf(store, input) : null;
    const parsing = packed === null ? null : parsed.log(packed).catch(() => null);
    const found = await bytesOf(store, parsed, input);
    const log = await parsing;
    if (!found.ok) return NO_FIELDS(found.problem.message);
    const { bytes } = found.value;
    if (what === 'quote') return shown(attestFields(bytes), 0, bytes.length);
    if (what === 'ek-certificate') return shown(certificateFields(bytes), 0, bytes.length);
    if (what === 'ima') {
      const { fields, problem } = imaEntryFields(bytes, index);
      const [first, last] = [fields[0], fields.at(-1)];
      const start = first?.start ?? 0;
      return shown({ fields, problem }, start, last === undefined ? 0 : last.start + last.length - start);
    }
    const event = log?.events[index];
    if (what !== 'event-log') return NO_FIELDS('It has no fields that are shown one by one.');
    if (log === null || log === undefined || event === undefined) return NO_FIELDS('There is no such event in this log.');
    const { fields, problem } = eventFields(bytes, event, log.format === 'sha1' || index === 0);
    const end = fields.reduce((last, field) => Math.max(last, field.start + field.length), event.offset);
    return shown({ fields, problem }, event.offset, end - event.offset);
  },
  keys: async ({ id }) => {
    const bundle = newestBundle(store, id);
    const [certificate, area] = [
      await bytesOf(store, parsed, { id, what: 'ek-certificate', sha256: null }),
      bundle.ok ? partOf(bundle.value, 'ak-public') : null,
    ];
    const ekOf = certificate.ok ? certificateFacts(certificate.value.bytes) : null;
    const key = area === null ? null : parsePublic(area);
    return {
      ek: certificate.ok && ekOf !== null ? { ...ekOf, sha256: certificate.value.sha256, size: certificate.value.bytes.length } : null,
      ekProblem: certificate.ok
        ? ekOf === null
          ? { code: 'unreadable', message: 'The endorsement certificate cannot be read.', nextStep: 'Look at its bytes.' }
          : null
        : certificate.problem,
      ak:
        key?.ok === true && area !== null
          ? { name: key.value.name, kind: kindOf(key.value), size: area.length, faults: [...attestationKeyFaults(key.value)] }
          : null,
      akProblem: bundle.ok
        ? key?.ok === true
          ? null
          : {
              code: 'unreadable',
              message: 'The attestation key is not in the quote that is kept, or cannot be read.',
              nextStep: 'Ask the endpoint again.',
            }
        : bundle.problem,
    };
  },
});
