import { HASH_BY_ID, canHash, hexDigest, toHex } from '../hashing.ts';

const WRITTEN = 1 << 29;
const WRITE_LOCKED = 1 << 11;
const NO_DA = 1 << 25;
const WRITE_DEFINE = 1 << 13;
const WRITE_STCLEAR = 1 << 14;
const PLATFORM_CREATE = 1 << 30;
/** PPWRITE, OWNERWRITE, AUTHWRITE, POLICYWRITE. */
const WRITERS: readonly number[] = [1, 2, 4, 8];
/** PPREAD, OWNERREAD, AUTHREAD, POLICYREAD. */
const READERS: readonly number[] = [1 << 16, 1 << 17, 1 << 18, 1 << 19];

const subsets = (bits: readonly number[]): readonly number[] =>
  bits.reduce<number[]>((sets, bit) => [...sets, ...sets.map((set) => set | bit)], [0]);

const LOCK_FORMS: readonly number[] = [WRITE_DEFINE, WRITE_STCLEAR, 0, WRITE_DEFINE | WRITE_STCLEAR];

export type IndexName =
  | { readonly kind: 'known'; readonly attributes: number; readonly writeLocked: boolean }
  | { readonly kind: 'unknown' };

/**
 * Finds the attributes with which an NV index has this name: nameAlg || H(TPMS_NV_PUBLIC) (TPM 2.0 Part 2, 13.5; Part 1, 16).
 * Tries written indexes without a policy; about eight thousand hashes at most. The name covers index, attributes and size,
 * so a match proves all three; data certified without this could come from any index that an attacker defined.
 */
export const recogniseIndex = (name: Uint8Array, nvIndex: number, dataSize: number): IndexName => {
  const nameAlg = ((name[0] ?? 0) << 8) | (name[1] ?? 0);
  const hash = HASH_BY_ID.get(nameAlg);
  if (hash === undefined || !canHash(hash.bank) || name.length !== hash.size + 2) return { kind: 'unknown' };
  const wanted = toHex(name.subarray(2));
  const area = Buffer.alloc(14);
  area.writeUInt32BE(nvIndex, 0);
  area.writeUInt16BE(nameAlg, 4);
  area.writeUInt16BE(0, 10);
  area.writeUInt16BE(dataSize, 12);
  for (const lock of [WRITE_LOCKED, 0]) {
    for (const extra of [0, NO_DA, PLATFORM_CREATE, NO_DA | PLATFORM_CREATE]) {
      for (const form of LOCK_FORMS) {
        for (const writers of subsets(WRITERS)) {
          for (const readers of subsets(READERS)) {
            const attributes = (WRITTEN | lock | extra | form | writers | readers) >>> 0;
            area.writeUInt32BE(attributes, 6);
            if (hexDigest(hash.bank, area) === wanted) return { kind: 'known', attributes, writeLocked: lock !== 0 };
          }
        }
      }
    }
  }
  return { kind: 'unknown' };
};
