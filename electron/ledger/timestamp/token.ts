import { visibleBytes } from '../../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../../shared/model/result.ts';
import { type Der, TAG, childrenOf, derFault, elementsOf, oidOf, oneOf, readDer, smallInteger } from './der.ts';

/** RFC 3161 §2.4.2, TSTInfo: what the authority signed. */
export type StampInfo = {
  readonly policy: string;
  readonly imprintAlgorithm: string;
  readonly imprint: Buffer;
  /** Content of the INTEGER. */
  readonly serial: Buffer;
  /** RFC 3339, UTC, with as many digits of the second as the authority gave, at most milliseconds. */
  readonly at: string;
  readonly atMs: number;
  readonly nonce: Buffer | null;
  readonly criticalExtension: boolean;
};

export type Algorithm = { readonly oid: string; readonly parameters: Der | null };

/** RFC 5652 §5: the one SignerInfo of a token, and what is beside it. */
export type Token = {
  readonly info: StampInfo;
  /** The bytes that messageDigest is over. */
  readonly content: Buffer;
  /** DER of each certificate that came with it. */
  readonly certificates: readonly Buffer[];
  /** The signer by issuer (DER) and serial number, or by key identifier. */
  readonly signer: { readonly issuer: Buffer; readonly serial: Buffer } | { readonly keyId: Buffer };
  readonly digestAlgorithm: string;
  readonly signatureAlgorithm: Algorithm;
  readonly signature: Buffer;
  /** Attribute type to its one value. */
  readonly attributes: ReadonlyMap<string, Der>;
  /** What the signature is over: the attributes as a SET (RFC 5652 §5.4). */
  readonly signedBytes: Buffer;
};

const MAX_BYTES = 256 * 1024;
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';

export const algorithmOf = (der: Der): Algorithm => {
  const parts = elementsOf(der);
  const name = oidOf(parts.need(TAG.oid, 'the name of an algorithm'));
  const [parameters, ...more] = parts.rest();
  if (more.length > 0) return derFault('an algorithm has more than its parameters');
  return { oid: name, parameters: parameters === undefined || parameters.tag === TAG.null ? null : parameters };
};

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/;

/** GeneralizedTime as DER and RFC 3161 want it: UTC, seconds, and perhaps a fraction. */
const momentOf = (der: Der): { readonly at: string; readonly atMs: number } => {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    TIME.exec(der.content.toString('latin1')) ?? derFault('its time is none');
  const digits = fraction.slice(0, 3);
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second}${digits === '' ? '' : `.${digits}`}Z`;
  const atMs = Date.parse(at);
  return Number.isFinite(atMs) ? { at, atMs } : derFault('its time is none');
};

const CRITICAL = 3;

const infoOf = (content: Buffer): StampInfo => {
  const parts = elementsOf(oneOf(content, TAG.sequence, 'the time stamp'));
  if (smallInteger(parts.need(TAG.integer, 'its version')) !== 1) return derFault('its version is not 1');
  const policy = oidOf(parts.need(TAG.oid, 'its policy'));
  const imprint = elementsOf(parts.need(TAG.sequence, 'what it stamps'));
  const { oid: imprintAlgorithm } = algorithmOf(imprint.need(TAG.sequence, 'the hash of what it stamps'));
  const digest = imprint.need(TAG.octetString, 'the digest of what it stamps').content;
  imprint.end('what it stamps');
  const serial = parts.need(TAG.integer, 'its serial number').content;
  const moment = momentOf(parts.need(TAG.generalizedTime, 'its time'));
  parts.maybe(TAG.sequence);
  parts.maybe(TAG.boolean);
  const nonce = parts.maybe(TAG.integer)?.content ?? null;
  parts.maybe(TAG.context(0));
  const extensions = parts.maybe(TAG.context(1));
  parts.end('the time stamp');
  // An extension with its `critical` has three elements; none is known here.
  const criticalExtension = extensions !== null && childrenOf(extensions).some((one) => childrenOf(one).length === CRITICAL);
  return { policy, imprintAlgorithm, imprint: digest, serial, ...moment, nonce, criticalExtension };
};

const attributesOf = (set: Der): ReadonlyMap<string, Der> => {
  const attributes = new Map<string, Der>();
  for (const attribute of childrenOf(set)) {
    const parts = elementsOf(attribute);
    const type = oidOf(parts.need(TAG.oid, 'the type of an attribute'));
    const [value, ...more] = childrenOf(parts.need(TAG.set, 'the value of an attribute'));
    parts.end('an attribute');
    // RFC 5652 §11: each of those that count here is there once, with one value.
    if (value === undefined || more.length > 0 || attributes.has(type))
      return derFault('an attribute is there twice, or has not one value');
    attributes.set(type, value);
  }
  return attributes;
};

const signerOf = (parts: ReturnType<typeof elementsOf>): Token['signer'] => {
  const keyId = parts.maybe(TAG.contextPrimitive(0));
  if (keyId !== null) return { keyId: keyId.content };
  const name = elementsOf(parts.need(TAG.sequence, 'who signed it'));
  const issuer = name.need(TAG.sequence, 'the issuer of the signer').whole;
  return { issuer, serial: name.need(TAG.integer, 'the serial number of the signer').content };
};

const tokenOf = (bytes: Buffer): Token => {
  const contentInfo = elementsOf(oneOf(bytes, TAG.sequence, 'the token'));
  if (oidOf(contentInfo.need(TAG.oid, 'its type')) !== SIGNED_DATA) return derFault('it is not signed');
  const signedData = elementsOf(oneOf(contentInfo.need(TAG.context(0), 'its content').content, TAG.sequence, 'its content'));
  contentInfo.end('the token');
  signedData.need(TAG.integer, 'its version');
  signedData.need(TAG.set, 'its hashes');
  const encapsulated = elementsOf(signedData.need(TAG.sequence, 'what is signed'));
  if (oidOf(encapsulated.need(TAG.oid, 'the type of what is signed')) !== TST_INFO) return derFault('what is signed is no time stamp');
  const { content } = oneOf(encapsulated.need(TAG.context(0), 'what is signed').content, TAG.octetString, 'what is signed');
  const certificates = signedData.maybe(TAG.context(0));
  signedData.maybe(TAG.context(1));
  const signers = childrenOf(signedData.need(TAG.set, 'its signers'));
  signedData.end('the token');
  const [only, ...others] = signers;
  // RFC 3161 §2.4.2: the signature of the authority and no other.
  if (only === undefined || others.length > 0) return derFault('it has not one signer');
  const info = elementsOf(only);
  info.need(TAG.integer, 'the version of the signer');
  const signer = signerOf(info);
  const { oid: digestAlgorithm } = algorithmOf(info.need(TAG.sequence, 'the hash of the signer'));
  const signedAttributes = info.need(TAG.context(0), 'what the signer signed');
  const signatureAlgorithm = algorithmOf(info.need(TAG.sequence, 'how the signer signed'));
  const signature = info.need(TAG.octetString, 'the signature').content;
  info.maybe(TAG.context(1));
  info.end('the signer');
  return {
    info: infoOf(content),
    content,
    certificates: certificates === null ? [] : childrenOf(certificates).map(({ whole }) => whole),
    signer,
    digestAlgorithm,
    signatureAlgorithm,
    signature,
    attributes: attributesOf(signedAttributes),
    signedBytes: Buffer.concat([Buffer.from([TAG.set]), signedAttributes.whole.subarray(1)]),
  };
};

const bounded = (bytes: Uint8Array): Buffer =>
  bytes.length > MAX_BYTES ? derFault(`it has more than ${MAX_BYTES} bytes`) : Buffer.from(bytes);

/** RFC 3161 §2.4.2: TimeStampToken. Reads it; verifies nothing. */
export const parseToken = (bytes: Uint8Array): Result<Token> => readDer('The time stamp', () => tokenOf(bounded(bytes)));

/** RFC 3161 §2.4.2, PKIFailureInfo. */
const FAILURES: ReadonlyMap<number, string> = new Map([
  [0, 'it does not know the hash'],
  [2, 'it does not allow this request'],
  [5, 'the request was broken on its way'],
  [14, 'its clock is not available'],
  [15, 'it does not know the policy'],
  [16, 'it does not know an extension'],
  [17, 'it cannot add what was asked for'],
  [25, 'something failed there'],
]);

const failureOf = (bits: Der | null): string => {
  const bytes = bits?.content.subarray(1) ?? Buffer.alloc(0);
  const set = [...FAILURES].filter(([bit]) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
  return set.map(([, words]) => words).join(', ');
};

/** RFC 3161 §2.4.2, TimeStampResp: the token where one was granted, otherwise what the authority says. Verifies nothing. */
export const readTimeStampResponse = (bytes: Uint8Array): Result<Buffer> => {
  const read = readDer('The answer of the time-stamp authority', () => {
    const response = elementsOf(oneOf(bounded(bytes), TAG.sequence, 'the answer'));
    const info = elementsOf(response.need(TAG.sequence, 'its status'));
    const status = smallInteger(info.need(TAG.integer, 'its status'));
    const words = info.maybe(TAG.sequence);
    const said =
      words === null
        ? ''
        : childrenOf(words)
            .map(({ content }) => visibleBytes(content, 200))
            .join(' ');
    const failure = failureOf(info.maybe(TAG.bitString));
    const token = response.maybe(TAG.sequence)?.whole ?? null;
    response.end('the answer');
    return { status, reason: [failure, said].filter((one) => one !== '').join('; '), token };
  });
  if (!read.ok) return read;
  const { status, reason, token } = read.value;
  // 0 granted, 1 granted with modifications; whatever was modified is checked with the token.
  if ((status === 0 || status === 1) && token !== null) return ok(Buffer.from(token));
  const why = reason === '' ? `status ${status}` : reason;
  return fail(
    'ledger-time-stamp-refused',
    `The time-stamp authority gave no time stamp: ${why}.`,
    'Ask again later, or ask another authority.',
  );
};
