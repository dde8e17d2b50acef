import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Observation } from '../connectors/port.ts';
import type { HostRecord, RawQuote } from '../store/records.ts';

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The quote as it came, as an evidence bundle without log and list: these are kept by content, and most quotes share them. */
export const rawQuoteOf = ({ evidence, identity, hostId }: Observation): RawQuote | null => {
  if (evidence.kind === 'none') return null;
  const { attest, signature } = evidence.quote;
  const bundle = {
    host: hostId.slice(0, 255),
    nonce: Buffer.from(evidence.nonce).toString('hex'),
    quote: { attest: base64(attest), signature: base64(signature) },
    pcrs: evidence.pcrs,
    ...(identity.akTpm2bPublic && { akTpm2bPublic: base64(identity.akTpm2bPublic) }),
    ...(evidence.claimedSelection && { claimedPcrSelection: evidence.claimedSelection }),
    ...(evidence.geo && {
      geo: {
        attest: base64(evidence.geo.attest),
        signature: base64(evidence.geo.signature),
        nvIndex: evidence.geo.nvIndex,
        ...(evidence.geo.signerPem !== undefined && { signerPem: evidence.geo.signerPem }),
      },
    }),
  };
  const bytes = Buffer.from(JSON.stringify(bundle));
  return { sha256: sha256(bytes), packed: deflateRawSync(bytes) };
};

/** Times that every observation changes, as keys of JSON text: inside of a string their quotation marks are escaped. */
const TIMES = /"(?:quotedAtMs|receivedAtMs|obtainedAtMs|akPinnedAtMs|atMs)":(?:\d+|null)/gu;

/**
 * What of a record only confirms: equal digests mean that nothing differs but times, the clock and the quote itself. Null where an
 * observation is more than a confirmation: it brought no evidence, or something happened.
 */
export const steadyDigest = (record: Omit<HostRecord, 'steady'>): string | null => {
  const { detail, standing, blobs, evidenceAtMs: _evidence, seenAtMs: _seen, quotedAtMs: _quoted, clock, quote, ...rest } = record;
  if (blobs === null || quote === null || record.findings.some((finding) => finding.momentary)) return null;
  const boot = clock === null ? null : [clock.resetCount, clock.restartCount, clock.firmwareVersion, clock.safe];
  const digests = [blobs.eventLog, blobs.ima, blobs.runtimeReference, blobs.ekCertificate ?? null].map((blob) => blob?.sha256 ?? null);
  return sha256([detail.replace(TIMES, ''), standing.replace(TIMES, ''), JSON.stringify([rest, boot, digests])].join('\n')).slice(0, 32);
};
