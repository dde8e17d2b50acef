import { hash } from 'node:crypto';

/** Encoding for measurement only: what is measured is synthesised, so that it runs anywhere. */
export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export const u32 = (value: number): Buffer => Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
export const u64 = (value: number): Buffer => Buffer.concat([u32(Math.floor(value / 0x100000000)), u32(value >>> 0)]);
export const u32le = (value: number): Buffer => u32(value).reverse();
export const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);
export const digestOf = (bank: 'sha1' | 'sha256', ...parts: readonly Uint8Array[]): Buffer =>
  Buffer.from(hash(bank, Buffer.concat(parts), 'hex'), 'hex');
