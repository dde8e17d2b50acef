import { type KeyObject, createPrivateKey, hash } from 'node:crypto';
import type { JsonValue } from '../canonical-json.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { makeCosignature } from '../cosignature.ts';
import { keyCreatedBody, keyRotatedBody } from '../entry-bodies.ts';
import { type LedgerEntry, encodeEntry } from '../entry.ts';
import { leafHash } from '../merkle.ts';
import { parseNote, signatureLine } from '../note.ts';
import type { LedgerSource, SourceAnchor, SourceCheckpoint, SourceEntry } from '../recheck/source.ts';
import { type TileWriter, createTileWriter } from '../tiles.ts';
import { type VerifierKey, makeVerifierKey } from '../verifier-key.ts';

export const valueOf = <T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: { readonly message: string } },
): T => {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

/** The same Ed25519 key for the same word, so that a failing test fails alike each time. */
export const keyFrom = (word: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), hash('sha256', word, 'buffer')]),
    format: 'der',
    type: 'pkcs8',
  });

export const TEST_ORIGIN = 'ledger.test/plumbline';
const START = Date.parse('2026-01-01T00:00:00.000Z');

export type EntryChange = Partial<Pick<LedgerEntry, 'at' | 'who' | 'kind' | 'subject'>> & { readonly body?: JsonValue };

export const testEntry = (seq: number, change: EntryChange = {}): LedgerEntry => ({
  v: 1,
  seq,
  at: new Date(START + seq * 1000).toISOString(),
  who: { kind: 'system', name: 'plumbline' },
  kind: 'verdict.changed',
  subject: `host-${seq % 100}`,
  body: { from: 'trusted', to: 'failed' },
  ...change,
});

/** Here an entry is its bytes, so that each of them can be changed. */
export type TestRow = SourceEntry & { readonly bytes: Uint8Array };

export const rowOf = (entry: LedgerEntry, seq = entry.seq): TestRow => {
  const bytes = valueOf(encodeEntry(entry));
  return { seq, bytes, storedLeafHash: leafHash(bytes) };
};

/** A small ledger in memory, with everything open to be tampered with: its arrays are the storage. */
export type TestLedger = {
  readonly origin: string;
  readonly rows: TestRow[];
  readonly notes: SourceCheckpoint[];
  readonly anchors: SourceAnchor[];
  readonly tiles: Map<string, Buffer>;
  readonly writer: TileWriter;
  /** The key in force. */
  readonly key: () => VerifierKey;
  readonly append: (change?: EntryChange) => LedgerEntry;
  /** Signs the tree as it is now, with the key in force or the given ones; gives the note. */
  readonly checkpoint: (signers?: readonly KeyObject[]) => string;
  readonly rotate: (word: string) => VerifierKey;
  readonly cosign: (name: string, key: KeyObject, seconds: number) => void;
  readonly source: () => LedgerSource;
};

const BLOCK = 64;

function* inBlocks(rows: readonly SourceEntry[]): Generator<readonly SourceEntry[]> {
  for (let from = 0; from < rows.length; from += BLOCK) yield rows.slice(from, from + BLOCK);
}

export const createTestLedger = (word = 'log', origin = TEST_ORIGIN): TestLedger => {
  const rows: TestRow[] = [];
  const notes: SourceCheckpoint[] = [];
  const anchors: SourceAnchor[] = [];
  const tiles = new Map<string, Buffer>();
  const writer = valueOf(createTileWriter());
  let privateKey = keyFrom(word);
  const keyNow = (): VerifierKey => valueOf(makeVerifierKey(origin, privateKey));

  const append: TestLedger['append'] = (change = {}) => {
    const entry = testEntry(rows.length, change);
    const row = rowOf(entry);
    rows.push(row);
    for (const { level, index, hashes } of writer.append(leafHash(row.bytes))) tiles.set(`${level}/${index}`, hashes);
    return entry;
  };
  const checkpoint: TestLedger['checkpoint'] = (signers = [privateKey]) => {
    const note = valueOf(
      signCheckpoint(
        { origin, size: writer.size(), root: writer.root() },
        signers.map((one) => ({ privateKey: one })),
      ),
    );
    notes.push({ size: writer.size(), note });
    return note;
  };
  append({ kind: 'key.created', subject: 'ledger', body: keyCreatedBody(keyNow()) });

  return {
    origin,
    rows,
    notes,
    anchors,
    tiles,
    writer,
    key: keyNow,
    append,
    checkpoint,
    rotate: (next) => {
      const old = { key: keyNow(), privateKey };
      privateKey = keyFrom(next);
      append({ kind: 'key.rotated', subject: 'ledger', body: keyRotatedBody(old.key, keyNow()) });
      checkpoint([old.privateKey, privateKey]);
      return keyNow();
    },
    cosign: (name, key, seconds) => {
      const note = notes.at(-1)?.note ?? '';
      const { text } = valueOf(parseNote(note));
      anchors.push({ kind: 'witness', note: note + signatureLine(valueOf(makeCosignature(text, name, key, seconds))), token: null });
    },
    source: () => ({
      entries: () => inBlocks(rows),
      checkpoints: () => notes,
      anchors: () => anchors,
      tile: (level, index) => tiles.get(`${level}/${index}`) ?? null,
    }),
  };
};

/** A ledger of `size` entries with a checkpoint after every `every`, none at its end unless it falls there. */
export const filledLedger = (size: number, every: number, word = 'log'): TestLedger => {
  const ledger = createTestLedger(word);
  for (let at = 1; at <= size; at += 1) {
    if (at % every === 0) ledger.checkpoint();
    if (at < size) ledger.append();
  }
  return ledger;
};
