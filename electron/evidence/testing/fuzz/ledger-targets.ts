import { X509Certificate, createHash } from 'node:crypto';
import { visibleText } from '../../../../shared/model/hostile-text.ts';
import type { Result } from '../../../../shared/model/result.ts';
import { canonicalText, parseCanonical } from '../../../ledger/canonical-json.ts';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from '../../../ledger/checkpoint.ts';
import { decodeEntry, encodeEntry } from '../../../ledger/entry.ts';
import { readEntryHead } from '../../../ledger/entry-head.ts';
import { inclusionProof } from '../../../ledger/merkle.ts';
import { formatNote, parseNote } from '../../../ledger/note.ts';
import { checkProofFile, formatProofFile, parseProofFile } from '../../../ledger/proof-file.ts';
import { filledLedger, keyFrom, valueOf } from '../../../ledger/testing/ledger.ts';
import { SAMPLE_RESPONSE, SAMPLE_ROOT } from '../../../ledger/testing/time-stamp-sample.ts';
import { readHashFromTiles } from '../../../ledger/tiles.ts';
import { parseToken, readTimeStampResponse } from '../../../ledger/timestamp/token.ts';
import { verifyTimeStampResponse, verifyTimeStampToken } from '../../../ledger/timestamp/verify.ts';
import { makeVerifierKey, parseVerifierKey } from '../../../ledger/verifier-key.ts';
import { readAddCheckpointAnswer } from '../../../ledger/witness.ts';
import { mutateBytes } from './mutate-bytes.ts';
import type { Outcome, Target } from './target.ts';

const SIZE = 20;
const kept = filledLedger(SIZE, SIZE);
const checkpoint = kept.notes[0]?.note ?? '';
kept.cosign('witness.test', keyFrom('witness'), 1_800_000_000);
const cosigned = kept.anchors[0]?.note ?? '';
const witnessKey = valueOf(makeVerifierKey('witness.test', keyFrom('witness'), 'cosignature'));
const partials = kept.writer.partials();
const readHash = readHashFromTiles(({ level }) => partials.find((tile) => tile.level === level)?.hashes ?? null, SIZE);
const entry = Buffer.from(kept.rows[7]?.bytes ?? []);
const proof = valueOf(formatProofFile({ index: 7, proof: valueOf(inclusionProof(readHash, 7, SIZE)), checkpoint, entry }));

const shapeOf = (result: Result<unknown>): string =>
  result.ok ? 'ok' : visibleText(`${result.problem.code} ${result.problem.message}`.replace(/\d+|“.*”/gu, '#').slice(0, 80));
const problemOf = (result: Result<unknown>): unknown => (result.ok ? null : result.problem);
const same = (result: Result<string>, text: string): boolean => result.ok && result.value === text;

const ledgerEntry = (input: Buffer): Outcome => {
  const [json, decoded] = [parseCanonical(input), decodeEntry(input)];
  const text = input.toString('utf8');
  const head = readEntryHead(input);
  const alike = head.ok === decoded.ok && (!head.ok || !decoded.ok || head.value.seq === decoded.value.seq);
  const encoded = decoded.ok ? encodeEntry(decoded.value) : null;
  const faults = [
    alike ? null : 'the short way reads an entry otherwise',
    json.ok && !same(canonicalText(json.value), text) ? 'canonical JSON has two spellings' : null,
    encoded !== null && !(encoded.ok && encoded.value.equals(input)) ? 'an entry is not written back as it was read' : null,
  ];
  return {
    shape: `${shapeOf(json)}|${shapeOf(decoded)}`,
    output: [problemOf(json), problemOf(decoded)],
    broken: faults.find((fault) => fault !== null),
  };
};

const ledgerNote = (input: Buffer): Outcome => {
  const text = input.toString('utf8');
  const note = parseNote(input);
  const tree = parseCheckpoint(note.ok ? note.value.text : text);
  const opened = openCheckpoint(input, [kept.key(), witnessKey]);
  const file = parseProofFile(text);
  const checked = file.ok ? checkProofFile(file.value) : file;
  const answer = readAddCheckpointAnswer({ status: 200, contentType: null, body: text }, note.ok ? note.value.text : '', [witnessKey]);
  const key = parseVerifierKey(text);
  const signed = opened.ok ? opened.value.note.text : null;
  const faults = [
    note.ok && formatNote(note.value) !== text ? 'a note is not written back as it was read' : null,
    tree.ok && note.ok && !same(formatCheckpoint(tree.value), note.value.text) ? 'a checkpoint is not written back as it was read' : null,
    signed !== null && !checkpoint.startsWith(signed) ? 'a text is signed that nobody signed' : null,
    file.ok &&
    checked.ok &&
    checkpoint.includes(checked.value.root.toString('base64')) &&
    !file.value.entry.every((byte, at) => byte === entry[at])
      ? 'an entry is proven that is not in the ledger'
      : null,
  ];
  return {
    shape: [note, tree, opened, checked, key].map(shapeOf).join('|') + answer.kind,
    output: [...[note, tree, opened, checked, key].map(problemOf), answer.kind === 'refused' ? answer.problem : null],
    broken: faults.find((fault) => fault !== null),
  };
};

const roots = [new X509Certificate(SAMPLE_ROOT)];
const sha256 = createHash('sha256').update('sample').digest();
const nonce = Buffer.from('0102030405060708', 'hex');
const truth = valueOf(verifyTimeStampResponse(SAMPLE_RESPONSE, { sha256, nonce, roots }));

const timeStamp = (input: Buffer): Outcome => {
  const token = readTimeStampResponse(input);
  const verified = verifyTimeStampResponse(input, { sha256, nonce, roots });
  const alone = verifyTimeStampToken(input, { sha256, nonce: null, roots });
  const facts = verified.ok ? verified.value : alone.ok ? alone.value : null;
  const lied = facts !== null && (facts.at !== truth.at || facts.serial !== truth.serial || facts.policy !== truth.policy);
  const results = [token, parseToken(input), verified, alone];
  return {
    shape: results.map(shapeOf).join('|'),
    output: results.map(problemOf),
    broken: lied ? 'a time is proven that nobody signed' : undefined,
  };
};

/** Parsers of the ledger: what an auditor, a witness or a time-stamp authority hands in, and what stands in a database. */
export const LEDGER_TARGETS: readonly Target[] = [
  { name: 'ledger-entry', mutate: mutateBytes, seeds: () => kept.rows.slice(0, 4).map(({ bytes }) => bytes), corpus: [], run: ledgerEntry },
  {
    name: 'ledger-note',
    mutate: mutateBytes,
    seeds: () => [checkpoint, cosigned, proof, kept.key().text, cosigned.slice(checkpoint.length)].map((text) => Buffer.from(text, 'utf8')),
    corpus: [],
    run: ledgerNote,
  },
  { name: 'time-stamp', mutate: mutateBytes, seeds: () => [SAMPLE_RESPONSE, truth.token], corpus: [], run: timeStamp },
];
