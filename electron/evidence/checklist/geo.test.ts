/** Point 23 of docs/evidence-checks.md: the geo tag, certified by the TPM of this very host. */
import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { GEO_INDEX, NONCE, attestHeader, digest, makeKey, nameOf, nvName, tpm2b, u16, u32 } from '../testing/host.ts';
import { type Attack, type Variation, ak, bare, byKey, codes, outcomeOf, signed, stranger } from '../testing/variations.ts';
import type { Enrolment, EvidenceInput, GeoEvidence } from '../types.ts';

const TAG = Buffer.from('{"country":"DE"}');
/** OWNERWRITE, AUTHREAD, OWNERREAD, WRITEDEFINE, written and locked. */
const LOCKED = 0x2006280a;
const UNLOCKED = LOCKED & ~(1 << 11);
const UNWRITTEN = LOCKED & ~(1 << 29);

type Parts = {
  readonly type?: number;
  readonly magic?: number;
  readonly nonce?: Uint8Array;
  readonly name?: Buffer;
  readonly offset?: number;
  readonly tag?: Buffer;
  readonly rest?: Uint8Array;
};
const certificate = ({
  type = 0x8014,
  magic,
  nonce = NONCE,
  name = nvName(GEO_INDEX, LOCKED, TAG.length),
  offset = 0,
  tag = TAG,
  rest = Buffer.alloc(0),
}: Parts = {}): Buffer => Buffer.concat([attestHeader(type, nonce, {}, magic), tpm2b(name), u16(offset), tpm2b(tag), rest]);

const withGeo = (geo: Partial<GeoEvidence>, more: Partial<EvidenceInput> = {}): EvidenceInput => ({
  ...bare,
  geo: { attest: Buffer.alloc(0), signature: Buffer.alloc(0), nvIndex: GEO_INDEX, ...geo },
  ...more,
});
const geo = (parts: Parts = {}, key = ak, more: Partial<GeoEvidence> = {}, input: Partial<EvidenceInput> = {}): EvidenceInput =>
  withGeo({ ...signed(certificate(parts), key), signerPem: key.pem, ...more }, input);
const enrolled = (key: typeof ak): Enrolment => ({ akName: nameOf(key.area()), akPem: key.pem, source: 'a test' });
const policied = (): Buffer =>
  Buffer.concat([u16(11), digest('sha256', u32(GEO_INDEX), u16(11), u32(LOCKED), tpm2b(Buffer.alloc(32, 1)), u16(TAG.length))]);

const ATTACKS: readonly Attack[] = [
  ['another structure than an NV certification', () => geo({ type: 0x8017 }), ['geo-type']],
  ['a digest certification', () => geo({ type: 0x801c }), ['geo-type']],
  ['a wrong magic', () => geo({ magic: 0x12345678 }), ['geo-type']],
  ['a byte after it, signed with it', () => geo({ rest: Buffer.alloc(1) }), ['geo-type']],
  ['nothing', () => withGeo({}), ['geo-type', 'geo-signer']],
  ['the nonce of an earlier poll', () => geo({ nonce: Buffer.alloc(16, 1) }), ['geo-nonce']],
  ['no nonce', () => geo({ nonce: Buffer.alloc(0) }), ['geo-nonce']],
  ['another index', () => geo({ name: nvName(GEO_INDEX + 1, LOCKED, TAG.length) }), ['geo-index']],
  ['the right name, claimed to be of another index', () => geo({}, ak, { nvIndex: GEO_INDEX + 1 }), ['geo-index']],
  ['an index of another size', () => geo({ name: nvName(GEO_INDEX, LOCKED, TAG.length + 8) }), ['geo-index']],
  ['the beginning of the tag', () => geo({ tag: TAG.subarray(0, 4) }), ['geo-index']],
  ['the end of the tag', () => geo({ tag: TAG.subarray(4), offset: 4 }), ['geo-index']],
  ['an offset', () => geo({ offset: 1 }), ['geo-index']],
  ['an index that is not write-locked', () => geo({ name: nvName(GEO_INDEX, UNLOCKED, TAG.length) }), ['geo-index']],
  ['an index that was never written', () => geo({ name: nvName(GEO_INDEX, UNWRITTEN, TAG.length) }), ['geo-index']],
  ['an index that is a counter', () => geo({ name: nvName(GEO_INDEX, LOCKED | 0x10, TAG.length) }), ['geo-index']],
  ['an index with a policy', () => geo({ name: policied() }), ['geo-index']],
  ['no index name', () => geo({ name: Buffer.alloc(0) }), ['geo-index']],
  ['a handle in place of an index name', () => geo({ name: u32(GEO_INDEX) }), ['geo-index']],
  [
    'another name than was pinned',
    () => geo({}, ak, { pinnedIndexName: nvName(GEO_INDEX, UNLOCKED, TAG.length).toString('hex') }),
    ['geo-index'],
  ],
  ['a signature of the TPM of another host', () => geo({}, stranger), ['geo-signer']],
  ['a signature of another host, said to be of this key', () => geo({}, stranger, { signerPem: ak.pem }), ['geo-signer']],
  [
    'a tag changed after it was signed',
    () => {
      const made = signed(certificate());
      return withGeo({ attest: certificate({ tag: Buffer.from('{"country":"FR"}') }), signature: made.signature });
    },
    ['geo-signer'],
  ],
];

const second = makeKey('rsassa');
const HONEST: readonly Variation[] = [
  ['by the key of the quote', () => geo(), 'geo-signer', 'pass'],
  ['by another key that is enrolled for this host', () => geo({}, second, {}, { enrolledKeys: [enrolled(second)] }), 'geo-signer', 'pass'],
  [
    'of a pinned index',
    () => geo({}, ak, { pinnedIndexName: nvName(GEO_INDEX, LOCKED, TAG.length).toString('hex').toUpperCase() }),
    'geo-index',
    'pass',
  ],
  [
    'of an index locked at startup (WRITE_STCLEAR)',
    () => geo({ name: nvName(GEO_INDEX, (LOCKED & ~(1 << 13)) | (1 << 14), TAG.length) }),
    'geo-index',
    'pass',
  ],
  ['of an index the platform made', () => geo({ name: nvName(GEO_INDEX, LOCKED | (1 << 30), TAG.length) }), 'geo-index', 'pass'],
];

describe('23: the geo tag', () => {
  it.each(ATTACKS)('%s fails and yields no tag', (_what, input, fails) => {
    expect(codes(input(), 'fail')).toEqual([...fails].sort());
    expect(verifyEvidence(input()).geoTag).toBeNull();
  });

  it.each(HONEST)('%s passes', (_what, input, code, outcome) => {
    expect(codes(input(), 'fail')).toEqual([]);
    expect(outcomeOf(input(), code)).toBe(outcome);
    expect(Buffer.from(verifyEvidence(input()).geoTag ?? []).toString()).toBe(TAG.toString());
  });

  it('the tag of another TPM, which made the quote as well, fails and yields no place for this host', () => {
    const { enrolment } = bare;
    const whole: EvidenceInput = {
      ...byKey(stranger),
      ...(enrolment === undefined ? {} : { enrolment }),
      geo: { ...signed(certificate(), stranger), signerPem: stranger.pem, nvIndex: GEO_INDEX },
    };
    expect(codes(whole, 'fail')).toEqual(['ak-binding', 'geo-signer']);
    expect(verifyEvidence(whole).geoTag).toBeNull();
  });

  it('the beginning of a pinned index is not the tag: the host chooses how much is certified', () => {
    const pinnedIndexName = nvName(GEO_INDEX, LOCKED, TAG.length).toString('hex');
    const cut = geo({ tag: TAG.subarray(0, 4) }, ak, { pinnedIndexName });
    expect(outcomeOf(cut, 'geo-index')).toBe('not-evaluated');
    expect(verifyEvidence(cut).geoTag).toBeNull();
  });

  it('a certification for an empty nonce may be of any time, and yields no tag', () => {
    const old = geo({ nonce: Buffer.alloc(0) }, ak, {}, { nonce: Buffer.alloc(0) });
    expect(outcomeOf(old, 'geo-nonce')).toBe('not-evaluated');
    expect(verifyEvidence(old).geoTag).toBeNull();
  });

  it('a further key, with nothing enrolled, is not evaluated and yields no tag', () => {
    const { enrolment: _enrolment, ...unbound } = geo({}, second);
    expect(outcomeOf(unbound, 'geo-signer')).toBe('not-evaluated');
    expect(verifyEvidence(unbound).geoTag).toBeNull();
  });
});
