import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';

/** A key of an organisation and its certificates. The key never leaves what signs. */
export type SigningIdentity = {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  /** Between it and a root, nearest first, as far as the file has them. */
  readonly chain: readonly X509Certificate[];
};

/** A PKCS#12 file with a chain of certificates has some 10 KB. */
export const MOST_PKCS12_BYTES = 1024 * 1024;
const MOST_CHAIN = 8;
const NEXT = 'Name the PKCS#12 file (.p12, .pfx) with the private key and the certificate of the organisation.';

const no = (code: string, message: string, nextStep: string = NEXT): ReturnType<typeof fail> => fail(code, message, nextStep);
const bytesOf = (asn1: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');

const bagsOf = (store: forge.pkcs12.Pkcs12Pfx, type: string | undefined): readonly forge.pkcs12.Bag[] =>
  type === undefined ? [] : (store.getBags({ bagType: type })[type] ?? []);

const keyOf = ({ key, asn1 }: forge.pkcs12.Bag): KeyObject | null => {
  try {
    const info = key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)) : asn1;
    return createPrivateKey({ key: bytesOf(info), format: 'der', type: 'pkcs8' });
  } catch {
    return null;
  }
};

const certificateOf = ({ cert, asn1 }: forge.pkcs12.Bag): X509Certificate | null => {
  try {
    return new X509Certificate(bytesOf(cert ? forge.pki.certificateToAsn1(cert) : asn1));
  } catch {
    return null;
  }
};

/** Programs write 1 to 600,000 rounds; what asks for more would keep whoever waits for minutes. */
const MOST_ROUNDS = 2_000_000;
const MOST_NESTED = 24;

/** Rounds stand behind a salt, in each way to protect: MacData, PBKDF2-params, pkcs-12PbeParams. */
const isTooMuch = (before: forge.asn1.Asn1 | undefined, { tagClass, type, value }: forge.asn1.Asn1): boolean =>
  tagClass === forge.asn1.Class.UNIVERSAL &&
  type === forge.asn1.Type.INTEGER &&
  before?.type === forge.asn1.Type.OCTETSTRING &&
  typeof value === 'string' &&
  Number(`0x${forge.util.bytesToHex(value) || '0'}`) > MOST_ROUNDS;

/** Whether more rounds are asked for anywhere in it than are done. Texts are looked into: a container holds its parts in them. */
const asksTooMuch = ({ tagClass, type, value }: forge.asn1.Asn1, depth = 0): boolean => {
  if (depth > MOST_NESTED) return true;
  if (typeof value !== 'string') return value.some((one, at) => isTooMuch(value[at - 1], one) || asksTooMuch(one, depth + 1));
  // Nothing but a SEQUENCE holds anything.
  if (tagClass !== forge.asn1.Class.UNIVERSAL || type !== forge.asn1.Type.OCTETSTRING || !value.startsWith('\u0030')) return false;
  try {
    return asksTooMuch(forge.asn1.fromDer(value), depth + 1);
  } catch {
    // No structure, so nothing that is asked for.
    return false;
  }
};

type Opened = { readonly ok: true; readonly store: forge.pkcs12.Pkcs12Pfx } | { readonly ok: false; readonly why: string };

const decrypted = (asn1: forge.asn1.Asn1, password: string): Opened => {
  try {
    return { ok: true, store: forge.pkcs12.pkcs12FromAsn1(asn1, true, password) };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : '' };
  }
};

/** Sentences of the library, which are all that tells a wrong password from a file that is broken. */
const problemOf = (why: string): ReturnType<typeof fail> => {
  if (/MAC could not be verified|wrong password|Invalid password|Failed to decrypt/u.test(why))
    return no(
      'signature-password',
      'The PKCS#12 file does not open with this password.',
      'Give the password of this file, from the environment.',
    );
  if (/[Uu]nsupported/u.test(why))
    return no(
      'signature-encryption',
      `The PKCS#12 file is protected in a way that is not read here: ${visibleText(why, 200)}.`,
      'Write it anew: openssl pkcs12 -export, with AES-256 (its default since OpenSSL 3).',
    );
  return no('signature-pkcs12', 'This is no PKCS#12 file, or it is damaged.');
};

/** Issuers of the certificate, in their order, of those that are there. A root is left out: whoever trusts it has it. */
const chainOf = (certificate: X509Certificate, others: readonly X509Certificate[]): readonly X509Certificate[] => {
  const chain: X509Certificate[] = [];
  let last = certificate;
  while (chain.length < MOST_CHAIN) {
    const issuer = others.find((one) => one !== last && last.checkIssued(one) && !chain.includes(one));
    if (issuer === undefined || issuer.checkIssued(issuer)) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
};

const curves = /^(?:prime256v1|secp384r1|secp521r1)$/u;
const LEAST_RSA_BITS = 2048;

/** Why a key cannot sign here; null where it can. */
const faultOfKey = (key: KeyObject): string | null => {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa')
    return modulusLength >= LEAST_RSA_BITS
      ? null
      : `an RSA key of ${modulusLength} bits, and less than ${LEAST_RSA_BITS} are not safe any more`;
  if (key.asymmetricKeyType === 'ec') return curves.test(namedCurve) ? null : `a key on the curve ${namedCurve}`;
  return `a key of the type ${key.asymmetricKeyType ?? 'unknown'}`;
};

const chosen = (store: forge.pkcs12.Pkcs12Pfx): Result<SigningIdentity> => {
  const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids;
  const keys = [...bagsOf(store, pkcs8ShroudedKeyBag), ...bagsOf(store, keyBag)];
  if (keys.length === 0) return no('signature-no-key', 'The PKCS#12 file holds no private key.');
  const certificates = bagsOf(store, certBag)
    .map(certificateOf)
    .filter((one) => one !== null);
  if (certificates.length === 0) return no('signature-no-certificate', 'The PKCS#12 file holds no certificate that can be read.');
  const read = keys.map(keyOf).filter((one) => one !== null);
  for (const key of read) {
    const certificate = certificates.find((one) => one.checkPrivateKey(key));
    if (certificate === undefined) continue;
    const fault = faultOfKey(key);
    if (fault !== null)
      return no(
        'signature-key',
        `The PKCS#12 file holds ${fault}.`,
        'Use a certificate with an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521.',
      );
    return ok({ key, certificate, chain: chainOf(certificate, certificates) });
  }
  return read.length === 0
    ? no(
        'signature-key',
        'The private key of the PKCS#12 file is of a kind that is not read here.',
        'Use an RSA key, or an EC key on P-256, P-384 or P-521.',
      )
    : no('signature-no-certificate', 'No certificate of the PKCS#12 file belongs to its private key.');
};

/**
 * Opens a PKCS#12 file (RFC 7292): PBES2 with AES, and the old RC2 and 3DES. Says nothing of its times or of who trusts it. The password is in no
 * message. Problems: signature-pkcs12, -password, -encryption, -no-key, -no-certificate, -key.
 */
export const openIdentity = (pkcs12: Uint8Array, password: string): Result<SigningIdentity> => {
  if (pkcs12.length > MOST_PKCS12_BYTES)
    return no('signature-pkcs12', `The PKCS#12 file has ${pkcs12.length} bytes; at most ${MOST_PKCS12_BYTES} are read.`);
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(Buffer.from(pkcs12).toString('latin1'));
  } catch {
    return no('signature-pkcs12', 'This is no PKCS#12 file.');
  }
  if (asksTooMuch(asn1))
    return no(
      'signature-encryption',
      `The PKCS#12 file asks for more than ${MOST_ROUNDS} rounds of its key.`,
      'Write it anew: openssl pkcs12 -export.',
    );
  const opened = decrypted(asn1, password);
  return opened.ok ? chosen(opened.store) : problemOf(opened.why);
};
