import { toHex } from '../hashing.ts';
import { type Attempt, ReadFailure } from '../reader.ts';
import { isSignedBy, nameOf, OID, oidOf, extensionsOf, signedPartsOf, timeOf } from './certificate.ts';
import { elementAt, elementsOf, type Element, need, reading } from './der.ts';
import type { Certificate, RevocationList, RevocationLists } from './types.ts';
import { dersOf } from './pem.ts';

export const MAX_LIST_BYTES = 4 * 1024 * 1024;
const MAX_REVOKED = 100_000;
const MAX_LISTS = 256;

const ISSUING_POINT = '551d1c';
const CERTIFICATE_ISSUER = '551d1d';
/** cRLNumber and authorityKeyIdentifier change nothing about what a list says, critical or not. */
const HARMLESS: ReadonlySet<string> = new Set(['551d14', '551d23']);

/** Serial numbers of `revokedCertificates`: at most 100,000, each read once. An entry that names another issuer (an indirect list) is not of this one. */
const revokedOf = (list: Element | undefined): ReadonlySet<string> => {
  const serials = new Set<string>();
  if (list?.tag !== 0x30) return serials;
  let count = 0;
  for (let at = 0; at < list.content.length; count += 1) {
    if (count >= MAX_REVOKED) throw new ReadFailure(`more than ${MAX_REVOKED} certificates are revoked in it`, at);
    const { element, end } = elementAt(list.content, at);
    const [serial, , extensions] = elementsOf(need(element, 0x30, 'revoked certificate').content);
    const foreign = extensions !== undefined && elementsOf(extensions.content).some((item) => isOf(item, CERTIFICATE_ISSUER));
    if (!foreign) serials.add(toHex(need(serial, 0x02, 'serial number').content));
    at = end;
  }
  return serials;
};

const isOf = (extension: Element, oid: string): boolean => oidOf(elementsOf(extension.content)[0], 'extension identifier') === oid;

const isTime = (element: Element | undefined): boolean => element?.tag === 0x17 || element?.tag === 0x18;

/** Reads one CertificateList (RFC 5280 5.1), DER, or the first one of a PEM file. Never throws. Nothing is believed of it before its issuer's signature verifies. */
export const parseRevocationList = (file: Uint8Array): Attempt<RevocationList> =>
  reading(() => {
    if (file.length > MAX_LIST_BYTES) throw new ReadFailure(`it has more than ${MAX_LIST_BYTES} bytes`, 0);
    const { body, ...signed } = signedPartsOf(elementAt(dersOf(file, 'X509 CRL')[0] ?? file, 0).element.whole, 'revocation list');
    const fields = [...elementsOf(body.content)];
    if (fields[0]?.tag === 0x02) fields.shift();
    const [, issuer, from, ...rest] = fields;
    const next = isTime(rest[0]) ? rest.shift() : undefined;
    const extensions = extensionsOf(rest.find((field) => field.tag === 0xa0));
    return {
      ...signed,
      issuer: nameOf(issuer, 'issuer'),
      thisUpdate: timeOf(from),
      nextUpdate: next === undefined ? null : timeOf(next),
      revoked: revokedOf(rest.find((field) => field.tag === 0x30)),
      partial: [...extensions].some(([oid, { critical }]) => oid === ISSUING_POINT || (critical && !HARMLESS.has(oid))),
    };
  });

/** Reads lists, at most 256, and indexes them by issuer. What cannot be read is returned by its place, so that the caller names it. */
export const createRevocationLists = (files: readonly Uint8Array[]): RevocationLists => {
  const byIssuer = new Map<string, RevocationList[]>();
  const unreadable: { index: number; message: string }[] = [];
  files.forEach((file, index) => {
    const parsed = index < MAX_LISTS ? parseRevocationList(file) : { ok: false as const, message: `only ${MAX_LISTS} files are read` };
    if (parsed.ok) byIssuer.set(parsed.value.issuer, [...(byIssuer.get(parsed.value.issuer) ?? []), parsed.value]);
    else unreadable.push({ index, message: parsed.message });
  });
  return { byIssuer, unreadable };
};

/** Whether an issuer may sign lists: cRLSign, where its certificate limits what it may sign (RFC 5280 4.2.1.3). */
const maySignLists = (issuer: Certificate): boolean => {
  const usage = issuer.extensions.get(OID.keyUsage);
  if (usage === undefined) return true;
  const bits = reading(() => elementAt(usage.value, 0).element.content[1] ?? 0);
  return bits.ok && (bits.value & 0x02) !== 0;
};

export type Standing = {
  readonly revoked: readonly string[];
  readonly covered: number;
  readonly outdated: number;
  readonly judged: number;
};

/**
 * What the lists say of every certificate of a path but its root, which is trusted by the caller's word. A list revokes however old it
 * is, and whatever part of the certificates it is for; only a complete list of the issuer's, current at `atMs`, clears.
 */
export const standingOf = (chain: readonly Certificate[], lists: RevocationLists, atMs: number): Standing => {
  const revoked: string[] = [];
  let covered = 0;
  let outdated = 0;
  chain.slice(0, -1).forEach((certificate, place) => {
    const issuer = chain[place + 1];
    if (issuer === undefined || !maySignLists(issuer)) return;
    const own = (lists.byIssuer.get(issuer.subject) ?? []).filter((list) => isSignedBy(list, issuer));
    if (own.some((list) => list.revoked.has(certificate.serial))) revoked.push(place === 0 ? 'the certificate itself' : `issuer ${place}`);
    const whole = own.filter((list) => !list.partial);
    const current = whole.some((list) => list.thisUpdate <= atMs && list.nextUpdate !== null && atMs <= list.nextUpdate);
    if (current) covered += 1;
    else if (whole.length > 0) outdated += 1;
  });
  return { revoked, covered, outdated, judged: chain.length - 1 };
};
