import { DIGEST_SIZE, asBuffer, byteStringDigest, canHash } from '../hashing.ts';
import type { Bank, PcrValues } from '../types.ts';
import { EV_NO_ACTION, type ParsedLog } from './types.ts';

const PCR_COUNT = 24;

/** Initial value of a PCR after TPM2_Startup (PC Client PFP 3.3.2, TPM 2.0 PC Client Platform 4.6). */
export const initialPcr = (bank: Bank, pcr: number, locality: number): Buffer => {
  const value = Buffer.alloc(DIGEST_SIZE[bank], pcr >= 17 && pcr <= 22 ? 0xff : 0);
  if (pcr === 0) value[value.length - 1] = locality;
  return value;
};

const replayBank = (bytes: Uint8Array, log: ParsedLog, bank: Bank): Record<number, string> => {
  const size = DIGEST_SIZE[bank];
  const source = asBuffer(bytes);
  const locality = log.hcrtm ? 4 : (log.startupLocality ?? 0);
  const running: (Buffer | undefined)[] = Array.from({ length: PCR_COUNT }, () => undefined);
  for (const record of log.records) {
    if (record.type === EV_NO_ACTION) continue;
    const digest = record.digests.find((candidate) => candidate.bank === bank);
    if (digest === undefined || record.pcr >= PCR_COUNT) continue;
    // One scratch buffer per PCR: the running value, then the digest to extend.
    let scratch = running[record.pcr];
    if (scratch === undefined) {
      scratch = Buffer.alloc(size * 2);
      initialPcr(bank, record.pcr, locality).copy(scratch);
      running[record.pcr] = scratch;
    }
    source.copy(scratch, size, digest.start, digest.start + size);
    scratch.write(byteStringDigest(bank, scratch), 0, 'latin1');
  }
  const values: Record<number, string> = {};
  running.forEach((scratch, pcr) => {
    if (scratch !== undefined) values[pcr] = scratch.toString('hex', 0, size);
  });
  return values;
};

/**
 * Replays every bank: PCR := H(PCR || digest) for every event but EV_NO_ACTION (PC Client PFP 10.2).
 * Only PCRs that the log extends are returned; a bank whose hash this runtime lacks is left out.
 * Equality with a quoted PCR proves the order and digests of that PCR's events, not their types, data or order across PCRs.
 */
export const replayLog = (bytes: Uint8Array, log: ParsedLog): PcrValues => {
  const values: PcrValues = {};
  for (const bank of log.algorithms) if (canHash(bank)) values[bank] = replayBank(bytes, log, bank);
  return values;
};
