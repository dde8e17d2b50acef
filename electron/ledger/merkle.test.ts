import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadHash, type Tree, consistencyProof, createTree, inclusionProof, leafHash, nodeHash, rootAt } from './merkle.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

/** The test vectors of Certificate Transparency for RFC 6962. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const N = {
  l0: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  l1: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  l4: 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  n01: 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  n23: '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  n45: '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  n67: 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  n0123: 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  n4567: '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
};

const grown = (leaves: readonly Buffer[]): Tree => {
  const tree = createTree();
  if (!tree.ok) throw new Error(tree.problem.message);
  for (const leaf of leaves) tree.value.append(leafHash(leaf));
  return tree.value;
};
/** Every complete subtree of what was appended: what a storage of hashes would give. */
const hashesOf = (leaves: readonly Buffer[]): ReadHash => {
  const kept = new Map<string, Buffer>();
  const tree = createTree(0, [], (level, index, hash) => kept.set(`${level}/${index}`, Buffer.from(hash, 'latin1')));
  if (tree.ok) for (const leaf of leaves) tree.value.append(leafHash(leaf));
  return (level, index) => kept.get(`${level}/${index}`) ?? null;
};
const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error('failed');
  return result.value;
};

/** RFC 6962 §2.1 as it is written, recursively, sharing nothing with the room but SHA-256. */
const mth = (leaves: readonly Buffer[]): Buffer => {
  const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), leaves[0]!);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha(Buffer.from([1]), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
};
const many = Array.from({ length: 70 }, (_, i) => Buffer.from(`entry ${i}`));

describe('the vectors of RFC 6962', () => {
  const leaves = LEAVES.map((hex) => Buffer.from(hex, 'hex'));

  it('have these roots', () => {
    expect(ROOTS.map((_, size) => grown(leaves.slice(0, size)).root().toString('hex'))).toEqual(ROOTS);
    expect(ROOTS.map((_, size) => value(rootAt(hashesOf(leaves), size)).toString('hex'))).toEqual(ROOTS);
  });

  it.each([
    [0, 1, []],
    [0, 8, [N.l1, N.n23, N.n4567]],
    [5, 8, [N.l4, N.n67, N.n0123]],
    [2, 3, [N.n01]],
    [1, 5, [N.l0, N.n23, N.l4]],
  ])('entry %i is proven in a tree of %i by this path', (index, size, path) => {
    const proof = value(inclusionProof(hashesOf(leaves), index, size));
    expect(proof.map((hash) => hash.toString('hex'))).toEqual(path);
    const claim = { index, size, leafHash: leafHash(leaves[index]!), proof, root: Buffer.from(ROOTS[size]!, 'hex') };
    expect(verifyInclusion(claim)).toBe(true);
  });

  it.each([
    [1, 1, []],
    [1, 8, [N.l1, N.n23, N.n4567]],
    [6, 8, [N.n45, N.n67, N.n0123]],
    [2, 5, [N.n23, N.l4]],
  ])('the tree of %i is proven to begin the tree of %i by this path', (from, to, path) => {
    const proof = value(consistencyProof(hashesOf(leaves), from, to));
    expect(proof.map((hash) => hash.toString('hex'))).toEqual(path);
    const claim = { from, to, fromRoot: Buffer.from(ROOTS[from]!, 'hex'), toRoot: Buffer.from(ROOTS[to]!, 'hex'), proof };
    expect(verifyConsistency(claim)).toBe(true);
  });
});

describe('trees of every size up to 70', () => {
  const readHash = hashesOf(many);
  const roots = Array.from({ length: 71 }, (_, size) => mth(many.slice(0, size)));

  it('have the root that the definition gives, grown, kept or resumed', () => {
    for (let size = 0; size <= 70; size += 1) {
      const tree = grown(many.slice(0, size));
      expect(tree.root()).toEqual(roots[size]);
      expect(value(rootAt(readHash, size))).toEqual(roots[size]);
      const resumed = value(createTree(size, tree.edge()));
      expect(resumed.root()).toEqual(roots[size]);
      if (size < 70) resumed.append(leafHash(many[size]!));
      expect(resumed.root()).toEqual(roots[Math.min(size + 1, 70)]);
    }
  });

  it('prove every entry, and nothing else', () => {
    for (let size = 1; size <= 70; size += 1)
      for (let index = 0; index < size; index += 1) {
        const proof = value(inclusionProof(readHash, index, size));
        const claim = { index, size, leafHash: leafHash(many[index]!), proof, root: roots[size]! };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leafHash: leafHash(many[(index + 1) % 70]!) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: roots[size - 1]! })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, roots[1]!] })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(proof.length === 0);
      }
  });

  it('prove every beginning, and nothing else', () => {
    for (let to = 0; to <= 70; to += 1)
      for (let from = 0; from <= to; from += 1) {
        const proof = value(consistencyProof(readHash, from, to));
        const claim = { from, to, fromRoot: roots[from]!, toRoot: roots[to]!, proof };
        expect(verifyConsistency(claim)).toBe(true);
        const other = { ...claim, fromRoot: leafHash(Buffer.from('other')) };
        expect(verifyConsistency(other)).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, roots[0]!] })).toBe(false);
        expect(verifyConsistency({ ...claim, toRoot: leafHash(Buffer.from('other')) })).toBe(from === 0 && to > 0);
        expect(verifyConsistency({ ...claim, proof: proof.slice(0, -1) })).toBe(proof.length === 0);
      }
  });

  it('are not proven by a proof of which any bit was changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), fc.nat(255), (size, which, at, bit) => {
        const flip = (proof: readonly Buffer[]): readonly Buffer[] =>
          proof.map((hash, i) => {
            const copy = Buffer.from(hash);
            if (i === at % proof.length) copy[bit >> 3] = copy[bit >> 3]! ^ (1 << (bit & 7));
            return copy;
          });
        const index = which % size;
        const inclusion = { index, size, leafHash: leafHash(many[index]!), root: roots[size]! };
        expect(verifyInclusion({ ...inclusion, proof: flip(value(inclusionProof(readHash, index, size))) })).toBe(false);
        const from = 1 + (which % (size - 1));
        const consistency = { from, to: size, fromRoot: roots[from]!, toRoot: roots[size]! };
        expect(verifyConsistency({ ...consistency, proof: flip(value(consistencyProof(readHash, from, size))) })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what cannot be', () => {
  const readHash = hashesOf(many);

  it('is a problem with a name, not an exception', () => {
    expect(inclusionProof(readHash, 70, 70)).toMatchObject({ ok: false, problem: { code: 'ledger-proof-range' } });
    expect(inclusionProof(readHash, -1, 70).ok).toBe(false);
    expect(consistencyProof(readHash, 5, 4)).toMatchObject({ ok: false, problem: { code: 'ledger-proof-range' } });
    expect(inclusionProof(() => null, 0, 2)).toMatchObject({ ok: false, problem: { code: 'ledger-hash-missing' } });
    expect(rootAt(readHash, 128).ok).toBe(false);
    expect(createTree(3, [leafHash(Buffer.alloc(1))])).toMatchObject({ ok: false, problem: { code: 'ledger-edge' } });
    expect(createTree(1, [Buffer.alloc(31)]).ok).toBe(false);
  });

  it('is refused by the verifiers: hashes of other lengths, proofs without end, sizes out of order', () => {
    const [a, b] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];
    const root = nodeHash(a, b);
    expect(verifyInclusion({ index: 0, size: 2, leafHash: a, proof: [b], root })).toBe(true);
    expect(verifyInclusion({ index: 2, size: 2, leafHash: a, proof: [b], root })).toBe(false);
    expect(verifyInclusion({ index: 0, size: 2, leafHash: a, proof: [b.subarray(1)], root })).toBe(false);
    expect(verifyInclusion({ index: 0, size: 2 ** 52, leafHash: a, proof: Array.from({ length: 65 }, () => b), root })).toBe(false);
    expect(verifyConsistency({ from: 2, to: 1, fromRoot: root, toRoot: a, proof: [] })).toBe(false);
    expect(verifyConsistency({ from: 0, to: 1, fromRoot: a, toRoot: a, proof: [] })).toBe(false);
    expect(verifyConsistency({ from: 1, to: 2, fromRoot: a, toRoot: root, proof: [] })).toBe(false);
  });
});
