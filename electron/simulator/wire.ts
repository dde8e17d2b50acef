/** Byte writers of the simulator. Deliberately its own: the verifier must not be checked by its own encoder. */
export const u8 = (value: number): Buffer => Buffer.from([value & 0xff]);

export const be16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};

export const be32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

export const be64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

export const le16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

export const le32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

export const le64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

export const join = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

/** TPM2B: 16-bit size and the bytes. */
export const sized = (bytes: Uint8Array): Buffer => join(be16(bytes.length), bytes);

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** Text with its terminating zero. */
export const zeroEnded = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');
