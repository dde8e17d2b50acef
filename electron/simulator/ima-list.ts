import { createHash } from 'node:crypto';
import { join, le32, zeroEnded } from './wire.ts';

/** One measured file of an ima-ng list. */
export type Measured = {
  readonly path: string;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
};

export type MeasuredEntry = {
  /** Line of the kernel's ascii list, without its line end. */
  readonly line: string;
  /** What the SHA-256 bank of PCR 10 was extended with. */
  readonly extended: Buffer;
};

const templateData = (entry: Measured): Buffer => {
  const digest = join(zeroEnded('sha256:'), Buffer.from(entry.digest, 'hex'));
  const path = Buffer.from(`${entry.path}\0`, 'utf8');
  return join(le32(digest.length), digest, le32(path.length), path);
};

export const measuredEntry = (entry: Measured): MeasuredEntry => {
  const data = templateData(entry);
  const templateHash = createHash('sha1').update(data).digest('hex');
  return {
    line: `10 ${templateHash} ima-ng sha256:${entry.digest} ${entry.path}`,
    extended: createHash('sha256').update(data).digest(),
  };
};

/** An entry as measured, shown under another path: what a tamperer of the list would do. */
export const disguised = (entry: Measured, shownPath: string, shownDigest: string): MeasuredEntry => {
  const real = measuredEntry(entry);
  const templateHash = real.line.split(' ')[1] ?? '';
  return { line: `10 ${templateHash} ima-ng sha256:${shownDigest} ${shownPath}`, extended: real.extended };
};

export const extend = (pcr: Buffer, entry: MeasuredEntry): Buffer => createHash('sha256').update(pcr).update(entry.extended).digest();
