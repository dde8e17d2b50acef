import { generateKeyPairSync, sign } from 'node:crypto';
import { CHECK_CODES } from '../../../../shared/model/check.ts';
import { checkEndorsement } from '../../endorsement/checks.ts';
import { parseRevocationList } from '../../endorsement/revocation.ts';
import { devicePathText, imageLoadText, loadOptionText } from '../../event-log/device-path.ts';
import { parseAuthoritySignature, parseSignatureLists, parseVariable } from '../../event-log/uefi.ts';
import { createImaKeyring, measuredKeys } from '../../ima/signature-keys.ts';
import { parseImaXattr, signatureField } from '../../ima/signature-xattr.ts';
import { checkSignedEntry } from '../../ima/signatures.ts';
import { diffEventLogs } from '../../difference/event-logs.ts';
import { diffIma } from '../../difference/ima.ts';
import type { ImaReplay } from '../../ima/facts.ts';
import { akNameOf, akPemOf, parseBundle, parseEventLog, parseIma, replayEventLog, streamIma, verifyEvidence } from '../../index.ts';
import { createReport } from '../../report.ts';
import { parseAttest } from '../../tpm/attest.ts';
import { parsePublic } from '../../tpm/public.ts';
import { parseSignature } from '../../tpm/signature.ts';
import { OWNER, digest, digestList, makeEvidence, makeKey, uefiVariable } from '../host.ts';
import { evidenceTarget } from './evidence-target.ts';
import { FIELD_TARGETS } from './field-targets.ts';
import { LEDGER_TARGETS } from './ledger-targets.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateBundle, mutateEventLog, mutateList } from './mutate-structure.ts';
import { PDF_TARGETS } from './pdf-targets.ts';
import type { Outcome, Target } from './target.ts';

const words = (text: string): string =>
  text
    .replace(/[0-9a-f]{4,}|\d+/gu, '#')
    .replace(/(?:not JSON|names (?:PCR|unknown bank)|template)[^;]*/u, '…')
    .slice(0, 60);
const attemptShape = (parsed: { readonly ok: boolean; readonly message?: string }): string =>
  parsed.ok ? 'ok' : words(parsed.message ?? '');

const eventLog = (input: Buffer): Outcome => {
  const parsed = parseEventLog(input);
  const replayed = replayEventLog(input);
  if (!parsed.ok) return { shape: words(parsed.problem.message), output: parsed.problem };
  const { value } = parsed;
  const offsets = value.events.map((event) => event.offset);
  const misplaced = value.events.find(
    (event, index) => event.offset + event.dataLength > input.length || event.offset <= (offsets[index - 1] ?? -1),
  );
  const other = replayed.ok && JSON.stringify(replayed.value) !== JSON.stringify(value.pcrs);
  const broken = misplaced === undefined ? (other ? 'replayEventLog and parseEventLog differ' : undefined) : 'an event outside of the log';
  const shape = [value.format, value.algorithms.join(), ...new Set(value.problems.map((problem) => words(problem.message)))].join('|');
  return { shape, output: value, broken };
};

const withoutEntries = ({ entries: _entries, ...rest }: ImaReplay): string => JSON.stringify(rest);

/** The same list in pieces of odd sizes; whether it says the same as the whole. */
const streamsAlike = (input: Buffer, whole: ImaReplay): boolean => {
  const stream = streamIma({ quoted: QUOTED });
  for (let at = 0, size = 1; at < input.length; at += size, size = ((size * 3) % 997) + 1)
    stream.push(Buffer.from(input.subarray(at, at + size)));
  const streamed = stream.end();
  return streamed.ok && withoutEntries(streamed.value) === withoutEntries(whole);
};

const QUOTED = { sha256: '00'.repeat(32) };

const ima = (input: Buffer): Outcome => {
  const parsed = parseIma(input, { quoted: QUOTED });
  if (!parsed.ok) return { shape: words(parsed.problem.message), output: parsed.problem };
  const { value } = parsed;
  const entries = [...value.entries];
  const fast = parseIma(input, { quoted: QUOTED, mode: 'fast' });
  const proven = entries.filter((entry) => entry.proven).length;
  const faults = [
    proven > (value.provenCount ?? 0) ? 'more entries are proven than reproduce the quote' : null,
    entries.length === value.entryCount ? null : 'entryCount is not the number of entries',
    fast.ok && JSON.stringify(fast.value.pcr10) === JSON.stringify(value.pcr10) ? null : 'fast and full mode replay differently',
    streamsAlike(input, value) ? null : 'a list in pieces says something else than the whole',
  ];
  return {
    shape: [...Object.keys(value.templates), ...new Set(value.problems.map((problem) => words(problem.message)))].join('|'),
    output: { ...value, entries },
    broken: faults.find((fault) => fault !== null),
  };
};

/** A changed log against the original: nothing is called identical that replays differently. */
const logDifference = (input: Buffer): Outcome => {
  const [before, after] = [parseEventLog(host().eventLog), parseEventLog(input)];
  if (!before.ok || !after.ok) return { shape: 'unreadable', output: null };
  const found = diffEventLogs(before.value, after.value);
  const back = diffEventLogs(after.value, before.value);
  const replaysAlike = JSON.stringify(before.value.pcrs) === JSON.stringify(after.value.pcrs);
  const broken =
    found.identical && !replaysAlike
      ? 'logs that replay differently are called identical'
      : found.identical === back.identical
        ? undefined
        : 'not symmetric';
  return {
    shape: found.changes
      .map((change) => change.change)
      .join()
      .slice(0, 60),
    output: found,
    broken,
  };
};

const listDifference = (input: Buffer): Outcome => {
  const [before, after] = [parseIma(host().ima), parseIma(input)];
  if (!before.ok || !after.ok) return { shape: 'unreadable', output: null };
  const found = diffIma(before.value, after.value);
  return {
    shape: found.changes
      .map((change) => change.change)
      .join()
      .slice(0, 60),
    output: found,
  };
};

const bundle = (input: Buffer): Outcome => {
  const parsed = parseBundle(input.toString('utf8'));
  if (!parsed.ok) return { shape: words(parsed.problem.message), output: parsed.problem };
  // What is read is the host's own text; what is said about it must be safe.
  const { checks } = verifyEvidence(parsed.value);
  return { shape: Object.keys(parsed.value).join() + checks.map((check) => check.outcome[0]).join(''), output: checks };
};

const structure = (input: Buffer): Outcome => {
  const [attest, signature, area, name, pem] = [
    parseAttest(input),
    parseSignature(input),
    parsePublic(input),
    akNameOf(input),
    akPemOf(input),
  ];
  const shape = [words(attest.problem ?? 'ok'), attest.attest?.body.kind, attemptShape(signature), attemptShape(area), pem.ok].join('|');
  return { shape, output: [attest, signature, area, name], broken: pem.ok && !name.ok ? 'a PEM without a name' : undefined };
};

const uefi = (input: Buffer): Outcome => {
  const [variable, lists, authority] = [parseVariable(input), parseSignatureLists(input), parseAuthoritySignature(input)];
  return { shape: [attemptShape(variable), attemptShape(lists), authority?.kind].join('|'), output: [lists, authority] };
};

const devicePath = (input: Buffer): Outcome => {
  const texts = [devicePathText(input), imageLoadText(input), loadOptionText(input)];
  const shape = texts
    .map((text) => (text.ok ? [...new Set(text.value.match(/[A-Z][A-Za-z]{1,6}(?=\()/gu))].sort().join() : words(text.message)))
    .join('|');
  return { shape, output: texts };
};

const endorsement = (input: Buffer): Outcome => {
  const report = createReport();
  checkEndorsement({ ...host(), ekCertDer: input, ekTpm2bPublic: host().akTpm2bPublic ?? input }, report);
  const list = parseRevocationList(input);
  const shape = CHECK_CODES.map((code) => report.outcome(code) ?? '').join();
  return { shape: `${shape}|${attemptShape(list)}`, output: [report.checks(), list] };
};

const signer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const signerFile = { name: 'key.pem', bytes: Buffer.from(signer.publicKey.export({ type: 'spki', format: 'pem' })) };
const { keyring } = createImaKeyring([signerFile]);
const FILE_DIGEST = digest('sha256', Buffer.from('file')).toString('hex');
const xattrSeed = (): Buffer => {
  const value = sign('sha256', Buffer.from('file'), signer.privateKey);
  return Buffer.concat([Buffer.from([3, 2, 4]), Buffer.from(keyring.keys[0]?.keyId ?? '', 'hex'), Buffer.from([0, value.length]), value]);
};

const imaSignature = (input: Buffer): Outcome => {
  const verdict = checkSignedEntry({ alg: 'sha256', digest: FILE_DIGEST, signature: input }, keyring);
  const parsed = parseImaXattr(input);
  const made = createImaKeyring([{ name: 'file', bytes: input }]);
  const buffer = { index: 0, path: '.ima', fileAlg: 'sha256', fileDigest: FILE_DIGEST, buffer: input, proven: true };
  const output = [
    verdict,
    parsed,
    made.unreadable,
    made.keyring.keys.map((key) => key.label),
    measuredKeys([buffer]),
    signatureField('ima-sig', input),
  ];
  return { shape: `${verdict.state}|${words(verdict.why ?? '')}|${made.keyring.keys.length}`, output };
};

let made: ReturnType<typeof makeEvidence> | null = null;
const host = (): ReturnType<typeof makeEvidence> => {
  made ??= makeEvidence({ key: makeKey('ecdsa256') });
  return made;
};
const own = (...parts: readonly (Uint8Array | undefined)[]): readonly Uint8Array[] => parts.filter((part) => part !== undefined);
const PATH = Buffer.from(
  '02010c00d041030a000000000101060000010317100001000000000000000000000004041400680069002e0065006600690000007fff0400',
  'hex',
);
const BUNDLE =
  '{"host":"h","nonce":"00","quote":{"attest":"AAAA","signature":"AAAA"},"pcrs":{"sha256":{"0":""}},"imaAscii":"","eventLog":"","policy":{"pcrSelection":{"sha256":[0]}},"geo":{"attest":"","signature":"","nvIndex":"0x1500010"},"previous":{"quote":{"attest":"","signature":""}}}';

/** Every parser that takes bytes from outside. A further one is a row here: a name, seeds, folders of the corpus, a function. */
export const TARGETS: readonly Target[] = [
  {
    name: 'event-log',
    mutate: mutateEventLog,
    seeds: () => own(host().eventLog),
    corpus: ['eventlog', 'ccel', 'hostile-eventlog'],
    run: eventLog,
  },
  { name: 'ima', mutate: mutateList, seeds: () => own(host().ima), corpus: ['ima', 'hostile-ima'], run: ima },
  { name: 'bundle', mutate: mutateBundle, seeds: () => [Buffer.from(BUNDLE)], corpus: ['scenario'], run: bundle },
  {
    name: 'tpm',
    mutate: mutateBytes,
    seeds: () => own(host().quote.attest, host().quote.signature, host().akTpm2bPublic, host().geo?.attest),
    corpus: ['quote/keylime-files'],
    run: structure,
  },
  {
    name: 'uefi',
    mutate: mutateBytes,
    seeds: () => [uefiVariable('db', digestList([OWNER])), digestList([Buffer.alloc(32), Buffer.alloc(32, 7)])],
    corpus: [],
    run: uefi,
  },
  {
    name: 'device-path',
    mutate: mutateBytes,
    seeds: () => [PATH, Buffer.concat([Buffer.alloc(24), Buffer.from([PATH.length, 0, 0, 0, 0, 0, 0, 0]), PATH])],
    corpus: [],
    run: devicePath,
  },
  { name: 'difference-log', mutate: mutateEventLog, seeds: () => own(host().eventLog), corpus: [], run: logDifference },
  { name: 'difference-ima', mutate: mutateList, seeds: () => own(host().ima), corpus: [], run: listDifference },
  { name: 'endorsement', mutate: mutateBytes, seeds: () => own(host().akTpm2bPublic), corpus: ['ekcert'], run: endorsement },
  { name: 'ima-signature', mutate: mutateBytes, seeds: () => [xattrSeed(), signerFile.bytes], corpus: ['ima/keys'], run: imaSignature },
  evidenceTarget,
  ...FIELD_TARGETS,
  ...LEDGER_TARGETS,
  ...PDF_TARGETS,
];
