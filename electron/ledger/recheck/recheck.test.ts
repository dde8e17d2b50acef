import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry } from '../entry.ts';
import { keyCreatedBody, keyRotatedBody } from '../entry-bodies.ts';
import { createTree, leafHash } from '../merkle.ts';
import { type TestLedger, createTestLedger, filledLedger, keyFrom, rowOf, testEntry, valueOf } from '../testing/ledger.ts';
import { makeVerifierKey } from '../verifier-key.ts';
import { counterTree } from './counter-tree.ts';
import { recheck } from './recheck.ts';
import type { Filing, LedgerSource, RecheckOptions } from './source.ts';

const pinned = (ledger: TestLedger): RecheckOptions => ({ keys: [ledger.key()] });
const withoutTiles = (ledger: TestLedger): LedgerSource => {
  const { tile: _tile, ...rest } = ledger.source();
  return rest;
};
/** What was found, each as its code and where. */
const found = (source: LedgerSource, options: RecheckOptions): readonly string[] =>
  recheck(source, options).problems.map(({ code, seq, range }) =>
    [code, seq ?? (range === undefined ? [] : `${range.from}-${range.to}`)].flat().join(' '),
  );
const notices = (source: LedgerSource, options: RecheckOptions): readonly string[] =>
  recheck(source, options).notices.map(({ code }) => code);
/** Another entry in place of one, with its leaf hash rewritten, too. */
const rewrite = (ledger: TestLedger, seq: number): void => {
  ledger.rows[seq] = rowOf(testEntry(seq, { body: { to: 'trusted' } }));
};
/** Places as they are, whatever the entries say: what a database with row numbers would do. */
const renumber = (ledger: TestLedger): void => {
  for (const [seq, row] of ledger.rows.entries()) ledger.rows[seq] = { ...row, seq };
};

describe('an honest ledger', () => {
  it('is all right, and says what is not yet covered', () => {
    const ledger = filledLedger(700, 100);
    ledger.append();
    ledger.append();
    const report = recheck(ledger.source(), pinned(ledger));
    expect(report).toMatchObject({ ok: true, complete: true, entries: 702, checkpoints: 7, problems: [], keys: [ledger.key().text] });
    expect(report.checkpoint).toMatchObject({ origin: ledger.origin, size: 700, note: ledger.notes.at(-1)?.note });
    expect(report.notices).toMatchObject([{ code: 'not-yet-covered', range: { from: 700, to: 701 } }]);
  });

  it('is all right when empty, without checkpoints, and with a checkpoint over nothing', () => {
    const nothing = { entries: () => [], checkpoints: () => [], anchors: () => [] };
    expect(recheck(nothing, {})).toMatchObject({ ok: true, entries: 0, checkpoint: null, notices: [] });
    const unsigned = createTestLedger();
    expect(recheck(unsigned.source(), pinned(unsigned))).toMatchObject({ ok: true, notices: [{ code: 'not-yet-covered' }] });
  });

  it('says when its key was believed only because it came first', () => {
    const ledger = filledLedger(10, 10);
    expect(notices(ledger.source(), {})).toEqual(['key-first-use']);
    expect(notices(ledger.source(), pinned(ledger))).toEqual([]);
  });

  it('may be ended early, and then is judged as far as it was read', () => {
    const ledger = filledLedger(640, 64);
    const report = recheck(ledger.source(), { ...pinned(ledger), shouldStop: (entries) => entries >= 128 });
    expect(report).toMatchObject({ ok: true, complete: false, entries: 128, checkpoint: { size: 128 } });
  });
});

describe('an entry that is found by other words than its own', () => {
  const filedAs = (change: Partial<Filing>, seq: number): LedgerSource => {
    const ledger = filledLedger(20, 10);
    const { subject } = testEntry(seq);
    ledger.rows[seq] = { ...ledger.rows[seq]!, filed: { kind: 'verdict.changed', subject, ...change } };
    return { ...ledger.source(), entries: () => [ledger.rows] };
  };

  it.each([
    [{}, []],
    [{ kind: 'key.rotated' }, ['entry-misfiled 7']],
    [{ kind: null }, ['entry-misfiled 7']],
    [{ subject: 'host-8' }, ['entry-misfiled 7']],
    [{ subject: '' }, ['entry-misfiled 7']],
    [{ subject: null }, ['entry-misfiled 7']],
  ])('is named: %j', (change, wrong) => {
    expect(found(filedAs(change, 7), {})).toEqual(wrong);
  });
});

describe('entries that are given as text', () => {
  it('are judged as their bytes are', () => {
    const ledger = filledLedger(300, 100);
    ledger.append({ subject: 'host é😀', body: { long: 'ü'.repeat(5000) } });
    ledger.checkpoint();
    const asText = {
      ...ledger.source(),
      entries: () => [ledger.rows.map((row) => ({ ...row, bytes: Buffer.from(row.bytes).toString() }))],
    };
    expect(recheck(asText, pinned(ledger))).toEqual(recheck(ledger.source(), pinned(ledger)));
    expect(recheck(asText, pinned(ledger))).toMatchObject({ ok: true, checkpoint: { size: 301 } });
    ledger.rows[300] = { ...ledger.rows[300]!, bytes: Buffer.from(Buffer.from(ledger.rows[300]!.bytes).toString().replace('é', 'è')) };
    expect(found(asText, pinned(ledger))).toEqual(['entry-changed 300']);
  });
});

describe('a changed entry', () => {
  it('is named, and nothing else is, where only its bytes were changed', () => {
    const ledger = filledLedger(600, 100);
    ledger.rows[317] = { ...ledger.rows[317]!, bytes: valueOf(encodeEntry(testEntry(317, { body: { to: 'trusted' } }))) };
    expect(found(ledger.source(), pinned(ledger))).toEqual(['entry-changed 317']);
    expect(recheck(ledger.source(), pinned(ledger)).checkpoint?.size).toBe(600);
  });

  it('is narrowed down to two checkpoints where its leaf hash was rewritten, too', () => {
    const ledger = filledLedger(600, 100);
    rewrite(ledger, 317);
    expect(found(withoutTiles(ledger), pinned(ledger))).toEqual(['entries-rewritten 300-399']);
    expect(recheck(withoutTiles(ledger), pinned(ledger))).toMatchObject({
      checkpoint: { size: 300 },
      notices: [{ code: 'not-yet-covered' }],
    });
  });

  it('is named all the same where somebody forgot the tiles', () => {
    const ledger = filledLedger(600, 100);
    rewrite(ledger, 317);
    expect(found(ledger.source(), pinned(ledger))).toEqual(['entry-changed 317', 'entries-rewritten 300-399']);
  });

  it('is told from a leaf hash that was changed beside an honest entry', () => {
    const ledger = filledLedger(300, 100);
    ledger.rows[150] = { ...ledger.rows[150]!, storedLeafHash: leafHash(Buffer.from('other')) };
    expect(found(ledger.source(), pinned(ledger))).toEqual(['leaf-hash-changed 150']);
  });

  it('is named in the tail, which nothing signs yet', () => {
    const ledger = filledLedger(105, 100);
    ledger.rows[102] = { ...ledger.rows[102]!, bytes: valueOf(encodeEntry(testEntry(102, { body: 1 }))) };
    expect(found(ledger.source(), pinned(ledger))).toEqual(['entry-changed 102']);
  });

  it('is named also when it is no entry any more', () => {
    const ledger = filledLedger(100, 100);
    ledger.rows[50] = { ...ledger.rows[50]!, bytes: Buffer.from('{"v": 1}') };
    expect(found(ledger.source(), pinned(ledger))).toEqual(['entry-unreadable 50', 'entry-changed 50']);
  });

  it('never passes, whichever byte of whichever entry it is', () => {
    const honest = filledLedger(60, 20);
    fc.assert(
      fc.property(fc.nat(59), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (seq, at, bits, hashToo) => {
        const rows = [...honest.rows];
        const bytes = Buffer.from(rows[seq]!.bytes);
        bytes[at % bytes.length] = bytes[at % bytes.length]! ^ bits;
        rows[seq] = { seq, bytes, storedLeafHash: hashToo ? leafHash(bytes) : rows[seq]!.storedLeafHash };
        expect(recheck({ ...honest.source(), entries: () => [rows] }, pinned(honest)).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a removed, inserted or moved entry', () => {
  it('is named when it leaves a gap; the tiles show that everything else is as signed', () => {
    const ledger = filledLedger(600, 100);
    ledger.rows.splice(120, 1);
    expect(found(ledger.source(), pinned(ledger))).toEqual(['entry-removed 120']);
    expect(found(withoutTiles(ledger), pinned(ledger))).toEqual(['entry-removed 120', 'entries-rewritten 100-199']);
  });

  it('is named when the entries after it moved up', () => {
    const ledger = filledLedger(300, 100);
    ledger.rows.splice(120, 2);
    renumber(ledger);
    expect(found(ledger.source(), pinned(ledger))).toEqual(['entry-removed 120-121', 'entries-rewritten 100-199']);
  });

  it('is named when it was the last that a checkpoint signs', () => {
    const ledger = filledLedger(300, 100);
    ledger.rows.length = 290;
    expect(found(ledger.source(), pinned(ledger))).toEqual(['entry-removed 290-299']);
  });

  it('is named when it was put in between, whatever place it claims', () => {
    for (const claims of [120, 50, 999]) {
      const ledger = filledLedger(300, 100);
      ledger.rows.splice(120, 0, rowOf(testEntry(claims, { at: testEntry(119).at, body: { to: 'trusted' } })));
      renumber(ledger);
      const [first, ...rest] = found(ledger.source(), pinned(ledger));
      // Of two entries that claim the same place, the second is called too many.
      expect(first).toBe(claims === 120 ? 'entry-inserted 121' : 'entry-inserted 120');
      expect(rest).toEqual(['entries-rewritten 100-199']);
    }
  });

  it.each([
    [120, 121],
    [120, 180],
    [0, 299],
    [10, 12],
  ])('is named when entries %i and %i changed places', (a, b) => {
    const ledger = filledLedger(300, 100);
    [ledger.rows[a], ledger.rows[b]] = [ledger.rows[b]!, ledger.rows[a]!];
    renumber(ledger);
    const named = found(ledger.source(), pinned(ledger));
    expect(named).toContain('entry-reordered ' + b);
    expect(named.filter((one) => /removed|inserted/.test(one))).toEqual([]);
    expect(named).toContainEqual(expect.stringMatching(/^entries-rewritten /));
  });

  it('is seen at the very end, where nothing follows to compare with', () => {
    const ledger = filledLedger(100, 50);
    ledger.append();
    ledger.rows.splice(99, 1);
    expect(found(ledger.source(), pinned(ledger))[0]).toBe('entry-removed 99');
  });
});

describe('a rewound, forked or rewritten ledger', () => {
  it('is seen to be older than a checkpoint that was kept elsewhere', () => {
    const ledger = filledLedger(300, 100);
    const held = [{ note: ledger.notes[2]!.note, from: 'of the auditor' }];
    ledger.rows.length = 200;
    ledger.notes.length = 2;
    expect(found(ledger.source(), pinned(ledger))).toEqual([]);
    expect(found(ledger.source(), { ...pinned(ledger), held })).toEqual(['ledger-rewound 200-299']);
  });

  it('is seen to be of another history, though its own key signs it all', () => {
    const [first, second] = [filledLedger(300, 100), createTestLedger()];
    for (let at = 1; at < 300; at += 1) {
      if (at % 100 === 0) second.checkpoint();
      second.append(at === 150 ? { body: { to: 'trusted' } } : {});
    }
    second.checkpoint();
    expect(found(second.source(), pinned(second))).toEqual([]);
    const held = first.notes.map(({ note, size }) => ({ note, from: `of ${size}` }));
    expect(found(second.source(), { ...pinned(second), held })).toEqual(['ledger-forked', 'ledger-forked']);
  });

  it('is seen by a signed checkpoint of the other history among its own', () => {
    const [first, second] = [filledLedger(300, 100), createTestLedger()];
    for (let at = 1; at < 200; at += 1) second.append({ subject: 'other' });
    first.notes.splice(2, 0, { size: 200, note: second.checkpoint() });
    expect(found(first.source(), pinned(first))).toEqual(['ledger-forked']);
  });

  it('is seen to be rewritten when only what was kept elsewhere is older than the damage', () => {
    const ledger = filledLedger(300, 300);
    const held = [{ note: filledLedger(100, 100).notes[0]!.note, from: 'of the auditor' }];
    rewrite(ledger, 200);
    expect(found(withoutTiles(ledger), { ...pinned(ledger), held })).toEqual(['entries-rewritten 100-299']);
  });

  it('does not take a checkpoint from elsewhere that is not of this ledger', () => {
    const ledger = filledLedger(100, 100);
    const held = [
      { note: filledLedger(100, 100, 'another key').notes[0]!.note, from: 'by another key' },
      { note: createTestLedger('log', 'ledger.test/other').checkpoint(), from: 'of another ledger' },
      { note: 'nonsense', from: 'unreadable' },
      { note: filledLedger(500, 500, 'another key').notes[0]!.note, from: 'by another key, larger' },
    ];
    expect(found(ledger.source(), { ...pinned(ledger), held }).filter((one) => one === 'held-unusable')).toHaveLength(4);
  });
});

describe('checkpoints', () => {
  it('with a changed text, signature, size or origin are named', () => {
    const forged = filledLedger(200, 100);
    forged.notes[0] = { size: 100, note: forged.notes[1]!.note.replace('\n200\n', '\n100\n') };
    expect(found(forged.source(), pinned(forged))).toEqual(['checkpoint-forged']);

    const unreadable = filledLedger(200, 100);
    unreadable.notes[0] = { size: 100, note: 'x' };
    expect(found(unreadable.source(), pinned(unreadable))).toEqual(['checkpoint-unreadable']);

    const moved = filledLedger(200, 100);
    moved.notes[0] = { size: 90, note: moved.notes[0]!.note };
    expect(found(moved.source(), pinned(moved))).toEqual(['checkpoint-misplaced']);

    const other = filledLedger(200, 100);
    other.notes[1] = { size: 200, note: filledLedger(200, 100).notes[1]!.note.replaceAll('plumbline', 'other') };
    expect(found(other.source(), pinned(other))).toEqual(['checkpoint-misplaced']);
  });

  it('out of order are named, and those in order still checked', () => {
    const ledger = filledLedger(300, 100);
    ledger.notes.reverse();
    expect(found(ledger.source(), pinned(ledger))).toEqual(['checkpoint-misplaced', 'checkpoint-misplaced']);
  });
});

describe('keys', () => {
  it('that were rotated are followed from either end, or from the first use', () => {
    const ledger = createTestLedger('one');
    const first = ledger.key();
    ledger.checkpoint();
    const second = ledger.rotate('two');
    ledger.append();
    ledger.checkpoint();
    const third = ledger.rotate('three');
    ledger.append();
    ledger.checkpoint();
    for (const keys of [[first], [second], [third], [first, third]]) {
      const report = recheck(ledger.source(), { keys });
      expect(report).toMatchObject({ ok: true, notices: [] });
      expect(report.keys).toEqual([first.text, second.text, third.text]);
    }
    expect(recheck(ledger.source(), {})).toMatchObject({ ok: true, notices: [{ code: 'key-first-use' }] });
  });

  it('that signed the whole ledger anew are seen by whoever pinned the true one', () => {
    const swapped = filledLedger(200, 100, 'thief');
    expect(found(swapped.source(), { keys: [createTestLedger().key()] })).toEqual(['key-swapped']);
  });

  it('that nothing introduced are seen', () => {
    const ledger = filledLedger(200, 100);
    ledger.append();
    ledger.checkpoint([keyFrom('thief')]);
    ledger.append();
    ledger.checkpoint([keyFrom('thief')]);
    expect(found(ledger.source(), pinned(ledger))).toEqual(['key-swapped']);
    expect(recheck(ledger.source(), pinned(ledger)).checkpoint?.size).toBe(200);
  });

  it('that an entry introduced without the old key are seen', () => {
    const ledger = filledLedger(100, 100);
    const thief = valueOf(makeVerifierKey(ledger.origin, keyFrom('thief')));
    ledger.append({ kind: 'key.rotated', body: keyRotatedBody(ledger.key(), thief) });
    ledger.checkpoint([keyFrom('thief')]);
    ledger.append();
    ledger.checkpoint([keyFrom('thief')]);
    expect(found(ledger.source(), pinned(ledger))).toEqual(['key-swapped']);
  });

  it('that were only said to be created are not believed', () => {
    const ledger = filledLedger(100, 100);
    const thief = valueOf(makeVerifierKey(ledger.origin, keyFrom('thief')));
    ledger.append({ kind: 'key.created', body: keyCreatedBody(thief) });
    ledger.checkpoint([keyFrom('thief')]);
    expect(found(ledger.source(), pinned(ledger))).toEqual(['key-swapped']);
  });

  it('that were rotated out sign no more, and a rotation that names another old key is seen', () => {
    const ledger = createTestLedger('one');
    const first = ledger.key();
    ledger.checkpoint();
    ledger.rotate('two');
    ledger.append();
    ledger.checkpoint([keyFrom('one')]);
    expect(found(ledger.source(), { keys: [first] })).toEqual(['key-swapped']);

    const other = filledLedger(100, 100);
    const thief = valueOf(makeVerifierKey(other.origin, keyFrom('thief')));
    other.append({ kind: 'key.rotated', body: keyRotatedBody(thief, thief) });
    other.checkpoint();
    expect(found(other.source(), pinned(other))).toEqual(['key-swapped 100']);
  });

  it('that were put in force but not used are seen', () => {
    const ledger = filledLedger(100, 100);
    const next = valueOf(makeVerifierKey(ledger.origin, keyFrom('two')));
    ledger.append({ kind: 'key.rotated', body: keyRotatedBody(ledger.key(), next) });
    ledger.checkpoint();
    expect(found(ledger.source(), pinned(ledger))).toEqual(['key-swapped']);
  });

  it('that cannot be read are named', () => {
    const ledger = filledLedger(10, 10);
    ledger.append({ kind: 'key.rotated', body: { old: 'x' } });
    ledger.append({ kind: 'key.created', body: null });
    ledger.checkpoint();
    expect(found(ledger.source(), pinned(ledger))).toEqual(['key-entry 10', 'key-entry 11']);
  });
});

describe('time and evidence', () => {
  it('time that runs backwards is noticed, unless an entry says that the clock jumped', () => {
    const ledger = createTestLedger();
    ledger.append({ at: '2025-12-31T00:00:00.000Z' });
    ledger.append({ at: '2026-06-01T00:00:00.000Z' });
    ledger.append({ kind: 'clock.jumped', at: '2026-05-01T00:00:00.000Z' });
    ledger.append({ at: '2026-04-01T00:00:00.000Z' });
    ledger.checkpoint();
    const report = recheck(ledger.source(), pinned(ledger));
    expect(report.ok).toBe(true);
    expect(report.notices).toMatchObject([{ code: 'time-backwards', seq: 1 }]);
  });

  it('evidence that is not what its digest says is a problem; evidence that is gone is a notice', () => {
    const ledger = createTestLedger();
    const [good, gone, wrong] = ['aa'.repeat(32), 'bb'.repeat(32), 'cc'.repeat(32)];
    ledger.append({ body: { evidence: [good, gone, 'no digest', 7] } });
    ledger.append({ body: { evidence: { quote: wrong, log: gone } } });
    ledger.append({ body: { evidence: null } });
    ledger.checkpoint();
    const evidence: RecheckOptions['evidence'] = (digest) => (digest === good ? 'present' : digest === gone ? 'missing' : 'mismatch');
    expect(found(ledger.source(), { ...pinned(ledger), evidence })).toEqual(['evidence-changed 2']);
    const { notices: told } = recheck(ledger.source(), { ...pinned(ledger), evidence });
    expect(told).toMatchObject([
      { code: 'evidence-missing', seq: 1, sentence: 'Evidence of 2 digests is not kept here, first that of entry 1.' },
    ]);
  });
});

describe('tiles', () => {
  it('that differ from honest entries are named, at every level', () => {
    const ledger = filledLedger(66_000, 66_000);
    ledger.tiles.set('0/3', Buffer.alloc(8192));
    ledger.tiles.set('1/0', Buffer.alloc(8192));
    ledger.tiles.delete('0/5');
    expect(found(ledger.source(), pinned(ledger))).toEqual(['tile-damaged 768-1023', 'tile-damaged 0-65535', 'tile-damaged']);
  });
});

describe('anchors', () => {
  const witness = keyFrom('witness');
  const witnessKey = valueOf(makeVerifierKey('witness.test', witness, 'cosignature'));

  it('with a cosignature or a time stamp are verified, and say of when they are', () => {
    const ledger = filledLedger(200, 100);
    ledger.cosign('witness.test', witness, 1_800_000_000);
    const { note } = ledger.notes[0]!;
    ledger.anchors.push({ kind: 'time-stamp', note, token: Buffer.from(note) }, { kind: 'file', note, token: null });
    const options: RecheckOptions = {
      ...pinned(ledger),
      witnessKeys: [witnessKey],
      verifyTimeStamp: (token, bytes) => ({ at: Buffer.from(token).equals(bytes) ? '2026-01-02T00:00:00Z' : '' }),
    };
    expect(recheck(ledger.source(), options)).toMatchObject({
      ok: true,
      notices: [],
      anchors: [
        { kind: 'witness', size: 200, by: 'witness.test', at: '2027-01-15T08:00:00.000Z' },
        { kind: 'time-stamp', size: 100, at: '2026-01-02T00:00:00Z' },
        { kind: 'file', size: 100 },
      ],
    });
    expect(notices(ledger.source(), pinned(ledger))).toEqual(['anchor-unverified']);
  });

  it('that do not hold are named', () => {
    const ledger = filledLedger(100, 100);
    ledger.cosign('witness.test', keyFrom('witness'), 1);
    const [anchor] = ledger.anchors;
    const line = anchor!.note.trimEnd().split('\n').at(-1)!;
    const other = filledLedger(50, 50).notes[0]!.note;
    ledger.anchors.push(
      { kind: 'witness', note: `${other}${line}\n`, token: null },
      { kind: 'time-stamp', note: other, token: null },
      { kind: 'file', note: 'x', token: null },
      { kind: 'time-stamp', note: other, token: Buffer.alloc(1) },
    );
    const problem = { code: 'x', message: 'It is no token.', nextStep: '' };
    const options = { ...pinned(ledger), witnessKeys: [witnessKey], verifyTimeStamp: () => ({ problem }) };
    expect(found(ledger.source(), options)).toEqual(Array.from({ length: 4 }, () => 'anchor-broken'));
  });

  it('are held against the entries like every other checkpoint', () => {
    const [first, second] = [filledLedger(100, 100), createTestLedger()];
    for (let at = 1; at < 100; at += 1) second.append({ subject: 'other' });
    second.checkpoint();
    second.cosign('witness.test', witness, 1);
    first.anchors.push(...second.anchors);
    expect(found(first.source(), { ...pinned(first), witnessKeys: [witnessKey] })).toEqual(['ledger-forked']);
  });
});

describe('the report', () => {
  it('stays small when everything is wrong', () => {
    const ledger = filledLedger(2000, 100);
    for (const [seq, row] of ledger.rows.entries()) ledger.rows[seq] = { ...row, bytes: Buffer.from('x') };
    const report = recheck(ledger.source(), { ...pinned(ledger), maxProblems: 10 });
    // Ten, each further kind once, and how many more there are.
    const kinds = new Set(report.problems.slice(10, -1).map(({ code }) => code));
    expect(report.problems).toHaveLength(11 + kinds.size);
    expect(report.problems.slice(0, 10).filter(({ code }) => kinds.has(code))).toEqual([]);
    expect(report.problems.at(-1)?.code).toBe('more-problems');
  });

  it('gives each problem a sentence and a next step', () => {
    const ledger = filledLedger(300, 100);
    ledger.rows.splice(120, 1);
    for (const { sentence, next } of recheck(withoutTiles(ledger), {}).problems) {
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(next).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('its own tree', () => {
  it('has the same roots and subtrees as the one that writes, at every size up to 300', () => {
    const own = counterTree();
    const seen: [string[], string[]] = [[], []];
    const written = valueOf(createTree(0, [], (...one) => seen[0].push(one.join())));
    for (let size = 0; size < 300; size += 1) {
      expect(Buffer.from(own.root(), 'latin1')).toEqual(written.root());
      const leaf = leafHash(Buffer.from(String(size)));
      written.append(leaf);
      own.push(leaf.toString('latin1'), size, (...one) => seen[1].push(one.join()));
    }
    expect(seen[0]).toEqual(seen[1]);
  });
});
