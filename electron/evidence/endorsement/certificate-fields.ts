import { type Fields, fieldList, hexValue } from '../fields.ts';
import { hexDigest, toHex } from '../hashing.ts';
import { certificateOf } from '../event-log/meaning/certificates.ts';
import type { CertificateFacts } from '../event-log/meaning/types.ts';
import { type Element, elementAt, elementsOf, reading } from './der.ts';
import { MAX_CERTIFICATE_BYTES, timeOf } from './certificate.ts';

/** What a certificate says of itself; null where it cannot be read. Nobody vouches for it here. */
export const certificateFacts = (der: Uint8Array): CertificateFacts | null =>
  der.length > MAX_CERTIFICATE_BYTES ? null : (certificateOf(der, hexDigest('sha256', der))?.facts ?? null);

const EXPLICIT_VERSION = 0xa0;

/** The fields of an X.509 certificate (RFC 5280, 4.1), each with its bytes. Never throws: what cannot be read ends the list, and is said. */
export const certificateFields = (der: Uint8Array): Fields => {
  const list = fieldList();
  const facts = certificateFacts(der);
  const startOf = (element: Element): number => element.whole.byteOffset - der.byteOffset;
  const note = (depth: number, label: string, element: Element | undefined, value: string): void => {
    if (element !== undefined) list.note(depth, label, startOf(element), startOf(element) + element.whole.length, value);
  };
  const read = reading(() => {
    const [body, algorithm, signature] = elementsOf(elementAt(der, 0).element.content);
    if (body === undefined) return;
    const parts = [...elementsOf(body.content)];
    note(0, 'certificate that is signed', body, `${body.whole.length} bytes`);
    if (parts[0]?.tag === EXPLICIT_VERSION) {
      const version = parts.shift();
      note(1, 'version', version, String((version?.content.at(-1) ?? 0) + 1));
    }
    const [serial, inner, issuer, validity, subject, key, ...more] = parts;
    note(1, 'serial number', serial, serial === undefined ? '' : toHex(serial.content));
    note(1, 'signature algorithm', inner, inner === undefined ? '' : hexValue(inner.content));
    note(1, 'issuer', issuer, facts?.issuer ?? '');
    note(1, 'validity', validity, facts === null ? '' : `${facts.notBefore} to ${facts.notAfter}`);
    const [from, to] = validity === undefined ? [] : elementsOf(validity.content);
    for (const [label, time] of [
      ['not before', from],
      ['not after', to],
    ] as const)
      note(2, label, time, time === undefined ? '' : new Date(timeOf(time)).toISOString());
    note(1, 'subject', subject, facts?.subject === '' ? 'none' : (facts?.subject ?? ''));
    note(1, 'public key', key, key === undefined ? '' : `${key.whole.length} bytes`);
    for (const one of more) note(1, 'extensions', one, `${one.whole.length} bytes`);
    note(0, 'signature algorithm', algorithm, algorithm === undefined ? '' : hexValue(algorithm.content));
    note(0, 'signature of the issuer', signature, signature === undefined ? '' : `${signature.content.length} bytes`);
  });
  return { fields: list.fields, problem: read.ok ? null : `${read.message}.` };
};
