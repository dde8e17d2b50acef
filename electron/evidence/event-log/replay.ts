import { hash } from 'node:crypto';
import { DIGEST_SIZE, canHash } from '../hashing.ts';
import type { Bank, PcrValues } from '../types.ts';
import { EV_NO_ACTION, type LogRecord, type ParsedLog } from './types.ts';

const PCR_COUNT = 24;

/** Initial value of a PCR after TPM2_Startup (PC Client PFP 3.3.2, TPM 2.0 PC Client Platform 4.6). */
export const initialPcr = (bank: Bank, pcr: number, locality: number): Buffer => {
  const value = Buffer.alloc(DIGEST_SIZE[bank], pcr >= 17 && pcr <= 22 ? 0xff : 0);
  if (pcr === 0) value[value.length - 1] = locality;
  return value;
};

/** The running value of a PCR, and room for the digest to extend behind it. */
type Running = { readonly scratch: Buffer; readonly view: DataView };

const runningOf = (bank: Bank, pcr: number, locality: number): Running => {
  const scratch = Buffer.alloc(DIGEST_SIZE[bank] * 2);
  initialPcr(bank, pcr, locality).copy(scratch);
  return { scratch, view: new DataView(scratch.buffer, scratch.byteOffset, scratch.length) };
};

const replayBank = (bytes: Uint8Array, log: ParsedLog, bank: Bank): Record<number, string> => {
  const size = DIGEST_SIZE[bank];
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const locality = log.hcrtm ? 4 : (log.startupLocality ?? 0);
  const running: (Running | undefined)[] = Array.from({ length: PCR_COUNT }, () => undefined);
  let layout: LogRecord['digests'] | null = null;
  let at = -1;
  for (const record of log.records) {
    if (record.type === EV_NO_ACTION) continue;
    if (record.digests !== layout) {
      layout = record.digests;
      at = layout.find((digest) => digest.bank === bank)?.at ?? -1;
    }
    if (at < 0 || record.pcr >= PCR_COUNT) continue;
    let pcr = running[record.pcr];
    if (pcr === undefined) {
      pcr = runningOf(bank, record.pcr, locality);
      running[record.pcr] = pcr;
    }
    // Digest sizes are multiples of four.
    for (let i = 0, from = record.offset + at; i < size; i += 4) pcr.view.setInt32(size + i, source.getInt32(from + i, true), true);
    pcr.scratch.latin1Write(hash(bank, pcr.scratch, 'binary'), 0);
  }
  const values: Record<number, string> = {};
  running.forEach((pcr, index) => {
    if (pcr !== undefined) values[index] = pcr.scratch.toString('hex', 0, size);
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
