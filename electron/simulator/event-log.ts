import { createHash } from 'node:crypto';
import { specIdHeader, tpmAlgorithm } from './efi.ts';
import { join, le32 } from './wire.ts';

export const EVENT = {
  noAction: 0x00000003,
  separator: 0x00000004,
  crtmVersion: 0x00000008,
  ipl: 0x0000000d,
  variableDriverConfig: 0x80000001,
  bootServicesApplication: 0x80000003,
  bootServicesDriver: 0x80000004,
  gpt: 0x80000006,
  action: 0x80000007,
  firmwareBlob2: 0x8000000a,
  handoffTables2: 0x8000000b,
  variableBoot2: 0x8000000c,
  variableAuthority: 0x800000e0,
} as const;

export type MeasuredEvent = {
  readonly pcr: number;
  readonly type: number;
  readonly data: Uint8Array;
  /** What was hashed; absent = the data itself. */
  readonly measured?: Uint8Array;
};

type Bank = 'sha1' | 'sha256';
const digest = (bank: Bank, bytes: Uint8Array): Buffer => createHash(bank).update(bytes).digest();
const BANK_SIZE = { sha1: 20, sha256: 32 } as const;

const record = (event: MeasuredEvent, digests: { readonly sha1: Uint8Array; readonly sha256: Uint8Array }): Buffer =>
  join(
    le32(event.pcr),
    le32(event.type),
    le32(2),
    tpmAlgorithm.sha1,
    digests.sha1,
    tpmAlgorithm.sha256,
    digests.sha256,
    le32(event.data.length),
    event.data,
  );

export type MeasuredLog = {
  readonly bytes: Buffer;
  /** SHA-256 bank, PCR 0–23 after the log. */
  readonly pcrs: readonly Buffer[];
};

/** A crypto-agile log with SHA-1 and SHA-256 banks, and the PCR values that a TPM holds after it. */
export const measure = (events: readonly MeasuredEvent[], startupLocality: number | null): MeasuredLog => {
  const pcrs: Buffer[] = Array.from({ length: 24 }, (_, pcr) => Buffer.alloc(32, pcr >= 17 && pcr <= 22 ? 0xff : 0));
  const header = specIdHeader();
  const parts: Buffer[] = [join(le32(0), le32(EVENT.noAction), Buffer.alloc(20), le32(header.length), header)];
  if (startupLocality !== null) {
    pcrs[0] = join(Buffer.alloc(31), Buffer.from([startupLocality]));
    const data = join(Buffer.from('StartupLocality\0', 'ascii'), Buffer.from([startupLocality]));
    parts.push(
      record({ pcr: 0, type: EVENT.noAction, data }, { sha1: Buffer.alloc(BANK_SIZE.sha1), sha256: Buffer.alloc(BANK_SIZE.sha256) }),
    );
  }
  for (const event of events) {
    const measured = event.measured ?? event.data;
    const sha256 = digest('sha256', measured);
    parts.push(record(event, { sha1: digest('sha1', measured), sha256 }));
    pcrs[event.pcr] = digest('sha256', join(pcrs[event.pcr] ?? Buffer.alloc(32), sha256));
  }
  return { bytes: join(...parts), pcrs };
};
