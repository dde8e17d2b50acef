import { verify } from 'node:crypto';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { DIGEST_SIZE, canHash, hexDigest, isBank } from '../hashing.ts';
import type { Report } from '../report.ts';
import type { ImaKey, ImaKeyring } from '../types.ts';
import { verifyDigest } from './signature-prehash.ts';
import { type ImaXattr, KERNEL_HASH_ID, parseImaXattr } from './signature-xattr.ts';

export type SignedEntry = {
  /** Hash algorithm and digest (hex) of the file as the entry states them. */
  readonly alg: string;
  readonly digest: string;
  /** The signature field of the entry; null for a template without one. */
  readonly signature: Uint8Array | null;
};

export type SignatureState = 'signed' | 'unsigned' | 'unknown-key' | 'bad-signature' | 'malformed' | 'unsupported';

export type SignatureVerdict = {
  readonly state: SignatureState;
  readonly keyId?: string;
  /** Label of the key that verifies. */
  readonly by?: string;
  /** Why, in words without any text of the host; absent for `signed`. */
  readonly why?: string;
};

type Signature = Extract<ImaXattr, { kind: 'signature' }>;

const signs = (key: ImaKey, found: Signature, digest: Uint8Array): boolean => {
  if (found.over === 'digest') return verifyDigest(key.key, found.hash, digest, found.value);
  // struct ima_file_id (security/integrity/ima/ima_appraise.c): type, hash algorithm, digest without the unused rest.
  const fileId = Buffer.concat([Buffer.from([found.type, KERNEL_HASH_ID[found.hash]]), digest]);
  try {
    return verify(found.hash, fileId, key.key, found.value);
  } catch {
    return false;
  }
};

/**
 * Judges the signature of one entry. `signed` proves that the holder of the named key signed a file with this digest at some time; not
 * that the file is current, nor (for `unsigned`) that anything is wrong. The digest itself must be proven by replay.
 */
export const checkSignedEntry = (entry: SignedEntry, keyring: ImaKeyring): SignatureVerdict => {
  const parsed = parseImaXattr(entry.signature ?? new Uint8Array());
  if (!parsed.ok) return { state: 'malformed', why: parsed.message };
  const found = parsed.value;
  if (found.kind === 'none') return { state: 'unsigned', why: found.what };
  if (found.kind === 'unsupported') return { state: 'unsupported', why: found.what };
  const { keyId, hash } = found;
  if (!canHash(hash)) return { state: 'unsupported', keyId, why: `a signature over ${hash}, which cannot be computed here` };
  const keys = keyring.find(keyId);
  if (keys.length === 0) return { state: 'unknown-key', keyId, why: `no key ${keyId} was given` };
  // The kernel measures with the hash that the signature names, so another one means that the two do not belong together.
  if (entry.alg !== hash || !isBank(entry.alg))
    return { state: 'bad-signature', keyId, why: `it is over a ${hash} digest, and the entry holds another one` };
  const digest = Buffer.from(entry.digest, 'hex');
  const signer = digest.length === DIGEST_SIZE[hash] ? keys.find((key) => signs(key, found, digest)) : undefined;
  return signer === undefined
    ? { state: 'bad-signature', keyId, why: `it is not a signature of key ${keyId} over the digest of the entry` }
    : { state: 'signed', keyId, by: signer.label };
};

export type EntryWithSignature = {
  readonly index: number;
  readonly path: string;
  readonly fileAlg: string;
  readonly fileDigest: string;
  readonly signature: Uint8Array | null;
  /** Whether the quoted PCR 10 covers the entry. */
  readonly proven: boolean;
};

/**
 * Work that one judgement may cause, in units of one RSA verification (about 0.04 ms): an elliptic-curve signature over a bare digest costs
 * more here. The bound is some 6 seconds. What was verified is remembered, so a longer list is finished by the next judgements.
 */
const MAX_WORK = 150_000;
const COST: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 20],
  ['secp384r1', 200],
  ['secp521r1', 40],
]);

const costOf = (signature: Uint8Array, keyring: ImaKeyring): number => {
  const keys = keyring.find(Buffer.from(signature.subarray(3, 7)).toString('hex'));
  return keys.reduce((sum, { key }) => sum + (COST.get(key.asymmetricKeyDetails?.namedCurve ?? '') ?? 1), 0);
};

/** Verdicts per keyring: hosts of one distribution carry the same files with the same signatures. Bounded; the oldest go first. */
const MAX_REMEMBERED = 100_000;
/** The name of a hash, a digest of at most 64 bytes, and the hash of a signature. */
const MAX_REMEMBERED_CHARACTERS = 256;
const remembered = new WeakMap<ImaKeyring, Map<string, SignatureVerdict>>();

const memoryOf = (keyring: ImaKeyring): Map<string, SignatureVerdict> => {
  const known = remembered.get(keyring) ?? new Map<string, SignatureVerdict>();
  remembered.set(keyring, known);
  return known;
};

const remember = (memory: Map<string, SignatureVerdict>, id: string, verdict: SignatureVerdict): void => {
  const oldest = memory.size >= MAX_REMEMBERED ? memory.keys().next().value : undefined;
  if (oldest !== undefined) memory.delete(oldest);
  memory.set(id, verdict);
};

type Found = { readonly entry: EntryWithSignature; readonly verdict: SignatureVerdict };

type Tally = {
  readonly counts: Record<SignatureState, number>;
  /** First entry of each state. */
  readonly first: Map<SignatureState, Found>;
  unproven: number;
  skipped: number;
};

const tallyOf = (entries: Iterable<EntryWithSignature>, keyring: ImaKeyring): Tally => {
  const counts = { signed: 0, unsigned: 0, 'unknown-key': 0, 'bad-signature': 0, malformed: 0, unsupported: 0 };
  const tally: Tally = { counts, first: new Map(), unproven: 0, skipped: 0 };
  const known = memoryOf(keyring);
  let work = 0;
  for (const entry of entries) {
    const { fileAlg: alg, fileDigest: digest, signature } = entry;
    // boot_aggregate is no file: it is never signed, and PCR 10 and the quote speak for it.
    if (entry.path === 'boot_aggregate' && (signature === null || signature.length === 0)) continue;
    const id = signature === null || signature.length === 0 ? '' : `${alg}:${digest}:${hexDigest('sha256', signature)}`;
    let verdict = known.get(id);
    if (verdict === undefined) {
      const cost = signature === null ? 0 : costOf(signature, keyring);
      if (work + cost > MAX_WORK) {
        tally.skipped += 1;
        continue;
      }
      work += cost;
      verdict = checkSignedEntry({ alg, digest, signature }, keyring);
      // Alg and digest are text of the host, up to a megabyte; what is kept for the life of the keyring must be small.
      if (id.length <= MAX_REMEMBERED_CHARACTERS) remember(known, id, verdict);
    }
    counts[verdict.state] += 1;
    if (verdict.state === 'signed' && !entry.proven) tally.unproven += 1;
    if (!tally.first.has(verdict.state)) tally.first.set(verdict.state, { entry, verdict });
  }
  return tally;
};

const nameOf = ({ entry }: Found): string => `entry ${entry.index} (${visibleText(entry.path, 200)})`;
const files = (count: number): string => `${count} ${count === 1 ? 'entry' : 'entries'}`;

/** What keeps the list from passing without being a fault, as clauses. */
const remarksOn = ({ counts, first, unproven, skipped }: Tally): readonly string[] => {
  const say = (state: SignatureState, words: string): readonly string[] => {
    const found = first.get(state);
    return found === undefined ? [] : [`${files(counts[state])} ${words}, first ${nameOf(found)}`];
  };
  const unsupported = first.get('unsupported')?.verdict.why ?? '';
  return [
    ...say('unknown-key', `signed by a key that was not given (${first.get('unknown-key')?.verdict.keyId ?? ''})`),
    ...say('unsigned', 'without a signature'),
    ...say('unsupported', `with ${unsupported}`),
    ...(unproven > 0 ? [`${files(unproven)} with a good signature that the quote does not cover`] : []),
    ...(skipped > 0 ? [`${files(skipped)} not verified yet, because that is too much work for one time`] : []),
  ];
};

/**
 * `ima-signature` (Linux Documentation/security/IMA-templates.rst, `sig` field; evmctl(1)): the signatures on measured files against keys
 * that the caller vouches for. `pass`: every file in the list carries a signature by one of them over its measured digest. It does not say that the
 * kernel enforced them, that a signed file is current (an old, vulnerable version stays signed), or that files outside the policy are.
 */
export const judgeImaSignatures = (entries: Iterable<EntryWithSignature>, keyring: ImaKeyring | undefined, report: Report): void => {
  if (keyring === undefined || keyring.keys.length === 0) {
    report.add('ima-signature', 'not-evaluated', 'No keys for file signatures were given, so none was verified.');
    return;
  }
  const tally = tallyOf(entries, keyring);
  const { counts, first } = tally;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0) + tally.skipped;
  const wrong = first.get('bad-signature') ?? first.get('malformed');
  if (wrong !== undefined) {
    const others = counts['bad-signature'] + counts.malformed - 1;
    const kind = wrong.verdict.state === 'malformed' ? 'is malformed' : 'does not verify';
    report.add(
      'ima-signature',
      'fail',
      `The signature of IMA ${nameOf(wrong)}${others > 0 ? ` and ${others} more` : ''} ${kind}: ${wrong.verdict.why ?? ''}.`,
    );
    return;
  }
  if (total === 0 || counts.unsigned === total) {
    report.add('ima-signature', 'not-evaluated', `None of the ${files(total)} for files in the IMA list carries a signature.`);
    return;
  }
  const remarks = remarksOn(tally);
  const good = `${counts.signed} of ${files(total)} for files carry a signature that verifies with a given key`;
  if (remarks.length > 0) report.add('ima-signature', 'notice', `${good}; ${remarks.join('; ')}.`);
  else report.add('ima-signature', 'pass', `${good}.`);
};
