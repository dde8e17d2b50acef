import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import { assert, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCertificate, pemOf, spkiOf } from '../../simulator/certificates.ts';
import { bits, boolean, integer, octets, oid, sequence, setOf, tagged, time, utf8 } from '../../simulator/der.ts';
import { createRevocationLists, createTrustAnchors, verifyEvidence } from '../index.ts';
import { honest } from '../testing/variations.ts';
import { parseRevocationList } from './revocation.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const VALID = { notBeforeMs: NOW - 100 * DAY, notAfterMs: NOW + 100 * DAY };
const keyPair = (): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const [rootKey, issuerKey, otherKey] = [keyPair(), keyPair(), keyPair()];
const maker = { name: 'Root', key: rootKey.privateKey };
const issuer = { name: 'Issuer', key: issuerKey.privateKey };
const [EK_SERIAL, ISSUER_SERIAL] = [Buffer.from('4102', 'hex'), Buffer.from('4103', 'hex')];
const root = createCertificate({ ...VALID, issuer: maker, subject: 'Root', spki: spkiOf(maker.key), ca: true });
const between = createCertificate({
  ...VALID,
  issuer: maker,
  subject: 'Issuer',
  spki: spkiOf(issuer.key),
  ca: true,
  serial: ISSUER_SERIAL,
});
const tpm = { manufacturer: 'id:53544D20', model: 'TEST', version: 'id:00010002' };
const ek = createCertificate({ ...VALID, issuer, spki: spkiOf(otherKey.privateKey), purpose: 'endorsement', serial: EK_SERIAL, tpm });

type ListSpec = {
  readonly by?: { readonly name: string; readonly key: KeyObject };
  readonly serials?: readonly Buffer[];
  readonly from?: number;
  /** Null for a list that does not say when the next one comes. */
  readonly next?: number | null;
  readonly extension?: string;
  readonly entryExtension?: string;
};

const critical = (id: string): Buffer => sequence(sequence(oid(id), boolean(true), octets(sequence())));

const list = ({ by = issuer, serials = [], from = NOW - DAY, next = NOW + DAY, extension, entryExtension }: ListSpec): Buffer => {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const entries = serials.map((serial) =>
    sequence(integer(serial), time(NOW - DAY), ...(entryExtension === undefined ? [] : [critical(entryExtension)])),
  );
  const body = sequence(
    integer(Buffer.from([1])),
    algorithm,
    sequence(setOf(sequence(oid('2.5.4.3'), utf8(by.name)))),
    time(from),
    ...(next === null ? [] : [time(next)]),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(extension === undefined ? [] : [tagged(0xa0, critical(extension))]),
  );
  return sequence(body, algorithm, bits(sign('sha256', body, by.key)));
};

const judged = (lists: readonly Uint8Array[] | null): string => {
  const revocation = lists === null ? {} : { revocation: createRevocationLists(lists) };
  const endorsement = { anchors: createTrustAnchors([root], [between]), atMs: NOW, ...revocation };
  const check = verifyEvidence({ ...honest, ekCertDer: ek, endorsement }).checks.find(({ code }) => code === 'ek-revocation');
  return `${check?.outcome}: ${check?.message}`;
};

const OF_ROOT = list({ by: maker });
const clears = [list({}), OF_ROOT];

describe('revocation of an endorsement certificate (RFC 5280 5, 6.3)', () => {
  it('is not evaluated without lists', () => {
    expect(judged(null)).toMatch(/^not-evaluated/);
  });

  it('passes where every certificate below the root is covered by a current list of its own issuer, DER or PEM', () => {
    expect(judged(clears)).toMatch(/^pass/);
    expect(judged(clears.map((item) => Buffer.from(pemOf(item, 'X509 CRL'))))).toMatch(/^pass/);
  });

  it('every certificate of a PEM file is read', () => {
    const file = Buffer.from(`${pemOf(between)}\n${pemOf(root)}`);
    const outcome = (anchors: ReturnType<typeof createTrustAnchors>): string | undefined =>
      verifyEvidence({ ...honest, ekCertDer: ek, endorsement: { anchors, atMs: NOW } }).checks.find(({ code }) => code === 'ek-chain')
        ?.outcome;
    expect(outcome(createTrustAnchors([file]))).toBe('pass');
    expect(createTrustAnchors([Buffer.concat([file, file, Buffer.from(pemOf(Buffer.from('junk')))])]).unreadable).toHaveLength(1);
  });

  it.each([
    ['the certificate', [list({ serials: [EK_SERIAL] }), OF_ROOT], /^fail: .*certificate itself/],
    ['its issuer', [list({}), list({ by: maker, serials: [ISSUER_SERIAL] })], /^fail: .*issuer 1/],
    [
      'the certificate, in a list long out of date',
      [...clears, list({ serials: [EK_SERIAL], from: NOW - 90 * DAY, next: NOW - 80 * DAY })],
      /^fail/,
    ],
    [
      'the certificate, in a list for a part of the certificates',
      [...clears, list({ serials: [EK_SERIAL], extension: '2.5.29.28' })],
      /^fail/,
    ],
  ])('fails where a list revokes %s', (_what, lists, outcome) => {
    expect(judged(lists)).toMatch(outcome);
  });

  it.each([
    ['none of an issuer is given', [list({})], /^notice: .*for 1 of its 2/],
    ['the list is out of date', [list({ next: NOW - 1 }), OF_ROOT], /^notice: .*\(1 out of date\)/],
    ['the list is of the future', [list({ from: NOW + 60_000 }), OF_ROOT], /^notice/],
    ['the list does not say until when it holds', [list({ next: null }), OF_ROOT], /^notice/],
    ['the list is for a part of the certificates', [list({ extension: '2.5.29.28' }), OF_ROOT], /^notice/],
    ['the list has a critical extension that is not known', [list({ extension: '2.5.29.27' }), OF_ROOT], /^notice/],
    ['another signed it under the name of the issuer', [list({ by: { name: 'Issuer', key: otherKey.privateKey } }), OF_ROOT], /^notice/],
  ])('is a notice where %s', (_what, lists, outcome) => {
    expect(judged(lists)).toMatch(outcome);
  });

  it('a stranger revokes nothing, nor does a certificate of the same serial number from another issuer', () => {
    expect(judged([...clears, list({ by: { name: 'Issuer', key: otherKey.privateKey }, serials: [EK_SERIAL] })])).toMatch(/^pass/);
    expect(judged([list({}), list({ by: maker, serials: [EK_SERIAL] })])).toMatch(/^pass/);
    expect(judged([list({ serials: [EK_SERIAL], entryExtension: '2.5.29.29' }), OF_ROOT])).toMatch(/^pass/);
  });

  it('no changed bit of a list revokes or clears', () => {
    const [good, honestList] = [list({ serials: [EK_SERIAL] }), list({})];
    const differing: number[] = [];
    for (const [bytes, usual] of [
      [good, 'fail'],
      [honestList, 'pass'],
    ] as const)
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Uint8Array.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        if (judged([changed, OF_ROOT]).startsWith(usual)) differing.push(bit);
      }
    expect(differing).toEqual([]);
  }, 60_000);

  it('no byte string throws', () => {
    assert(
      property(uint8Array({ maxLength: 400 }), (bytes) => {
        parseRevocationList(bytes);
      }),
      { numRuns: 500 },
    );
  });
});
