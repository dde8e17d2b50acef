import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Anchored, createAnchored } from '../testing/anchored.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

let one: Anchored;
beforeEach(() => {
  one = createAnchored();
});
afterEach(() => one.remove());

const config = () => ({ kind: 'folder', path: one.outside, everyMs: HOUR }) as const;
const files = (): string[] => readdirSync(one.outside).sort();
const notes = (): string[] => files().map((name) => readFileSync(path.join(one.outside, name), 'utf8'));
const state = () => one.anchors().state()[0];

describe('checkpoints in a folder', () => {
  it('are whole new files named by size and time, beside the latest; at most as often as asked', async () => {
    await one.start([config()]);
    const first = one.store().ledger.newest();
    const [name = ''] = files();
    expect(name).toMatch(/^checkpoint-000000000002-\d{8}T\d{9}Z\.txt$/);
    expect(files()).toEqual([name, 'latest.txt']);
    expect(notes()).toEqual([first?.note, first?.note]);
    expect(one.entries('anchor')).toMatchObject([
      { kind: 'anchor.made', subject: `anchor ${one.outside}`, body: { kind: 'file', size: 2 } },
    ]);
    one.pass(HOUR - 1);
    await one.step();
    expect(files()).toHaveLength(2);
    one.pass(1);
    await one.step();
    expect(files()).toHaveLength(3);
    expect(readFileSync(path.join(one.outside, 'latest.txt'), 'utf8')).toContain('\n5\n');
    expect(state()).toMatchObject({ kind: 'file', target: one.outside, lastSize: 5, problem: null, lastAtMs: one.nowMs() });
    expect(one.check({ held: notes().map((note) => ({ note, from: 'outside' })) })).toMatchObject({ ok: true, anchors: [{}, {}] });
  });

  it('are not made again for the entry that one was made', async () => {
    await one.start([config()]);
    for (let hour = 0; hour < 24; hour += 1) {
      one.pass(HOUR);
      one.keeper().seal(true);
      await one.anchors().settled();
    }
    expect(one.entries('anchor')).toHaveLength(1);
  });

  it('go on after a restart where they were, and when the clock is set back by a year', async () => {
    await one.start([config()]);
    await one.start([config()]);
    expect(one.entries('anchor')).toHaveLength(1);
    one.pass(-52 * WEEK);
    await one.step();
    expect(one.entries('anchor')).toHaveLength(2);
  });

  it('are what a file of that name holds already, or are refused: nothing is overwritten', async () => {
    await one.start([config()]);
    await one.stop();
    const [name = ''] = files();
    writeFileSync(path.join(one.outside, name), 'of somebody else');
    rmSync(path.join(one.folder, 'plumbline.db'));
    for (const end of ['-wal', '-shm']) rmSync(path.join(one.folder, `plumbline.db${end}`), { force: true });
    expect(readFileSync(path.join(one.outside, name), 'utf8')).toBe('of somebody else');
    rmSync(path.join(one.outside, 'latest.txt'));
    await one.start([config()]);
    expect(state()?.problem).toMatchObject({ code: 'anchor-folder-taken' });
    expect(readFileSync(path.join(one.outside, name), 'utf8')).toBe('of somebody else');
  });
});

describe('a folder that is not there or takes nothing', () => {
  it('is not made; it is said once in a week of attempts at growing distances, and again when it works', async () => {
    rmSync(one.outside, { recursive: true });
    await one.start([config()]);
    expect(existsSync(one.outside)).toBe(false);
    expect(state()?.problem).toMatchObject({ code: 'anchor-folder-missing' });
    for (let passed = 0; passed < WEEK; passed += 30 * MINUTE) {
      one.pass(30 * MINUTE);
      await one.step();
    }
    expect(one.entries('anchor').map(({ kind }) => kind)).toEqual(['anchor.failed']);
    await one.start([config()]);
    expect(one.entries('anchor')).toHaveLength(1);
    mkdirSync(one.outside);
    one.pass(HOUR);
    await one.step();
    expect(one.entries('anchor').map(({ kind }) => kind)).toEqual(['anchor.made', 'anchor.failed']);
    expect(state()?.problem).toBe(null);
  });

  it('fails for each reason once', async () => {
    rmSync(one.outside, { recursive: true });
    await one.start([config()]);
    for (let round = 0; round < 6; round += 1) {
      if (round % 2 === 0) writeFileSync(one.outside, 'a file');
      else rmSync(one.outside);
      one.pass(HOUR);
      await one.step();
    }
    expect(one.entries('anchor').map(({ body }) => body)).toMatchObject([{ code: 'anchor-folder' }, { code: 'anchor-folder-missing' }]);
  });
});

describe('what the folder remembers', () => {
  it('shows that this is an older database, or one that was rewritten', async () => {
    await one.start([config()]);
    await one.stop();
    const database = path.join(one.folder, 'plumbline.db');
    copyFileSync(database, `${database}.old`);
    await one.start([config()]);
    for (let n = 0; n < 5; n += 1) {
      one.pass(HOUR);
      await one.step();
    }
    await one.stop();
    for (const end of ['-wal', '-shm']) rmSync(database + end, { force: true });
    renameSync(`${database}.old`, database);
    // Whoever replaces the database replaces what lies beside it, too.
    rmSync(path.join(one.folder, 'ledger-head.txt'));
    one.pass(HOUR);
    await one.start([config()]);
    expect(state()?.problem).toMatchObject({ code: 'anchor-ahead', message: expect.stringContaining('an older state') });
    for (let n = 0; n < 20; n += 1) await one.step();
    one.pass(2 * HOUR);
    await one.step();
    expect(state()?.problem).toMatchObject({ code: 'anchor-ahead', message: expect.stringContaining('does not continue') });
    const held = notes().map((note) => ({ note, from: 'outside' }));
    expect(one.check({ held }).problems.map(({ code }) => code)).toContain('ledger-forked');
  });

  it('is of one ledger', async () => {
    await one.start([config()]);
    const other = createAnchored();
    await other.start([config()]);
    expect(other.anchors().state()[0]?.problem).toMatchObject({ code: 'anchor-folder-other' });
    await other.remove();
    expect(files()).toHaveLength(2);
  });
});
