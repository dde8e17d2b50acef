import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CallInput } from '../../../shared/contract/contract.ts';
import type { Difference, DifferencePair } from '../../../shared/contract/difference-schemas.ts';
import { bootLog } from '../../evidence/testing/host.ts';
import { openStore, type Store } from '../../store/store.ts';
import { withFile } from '../../store/testing/file.ts';
import { createParsedEvidence } from '../parsed-evidence.ts';
import { observe, record, T0 } from '../testing/observation.ts';
import { type RecordedFleet, recordedFleet } from '../testing/recorded-fleet.ts';
import { createDifference } from './difference.ts';
import { peersOf } from './peers.ts';

type Ask = CallInput<'hosts.difference'>;
const WHOLE: Omit<Ask, 'id'> = { with: 'reference', peer: null, log: 'boot-events', unfolded: [], at: null, offset: 0, limit: 500 };
const truthSchema = z.array(z.object({ id: z.string(), incident: z.string().nullable() }));

const asked = async (store: Store, ask: Partial<Ask> & Pick<Ask, 'id'>, nowMs = T0): Promise<Difference> => {
  store.judgeFreshness({ nowMs: () => nowMs, notRecorded: () => [] });
  const found = await createDifference(store, createParsedEvidence(), () => nowMs)({ ...WHOLE, ...ask });
  if (found === null) throw new Error('there is no such host');
  return found;
};
const pairs = ({ rows }: Difference): readonly DifferencePair[] => rows.filter((row): row is DifferencePair => row.kind === 'pair');
const changes = (difference: Difference): readonly DifferencePair[] =>
  pairs(difference).filter(({ state }) => state !== 'same' && state !== 'not-judged');

describe('hosts of a fleet, held against what was expected of them', () => {
  let recorded: RecordedFleet;
  let truth: z.output<typeof truthSchema>;
  const idOf = (incident: string | null): string => {
    const host = truth.find((one) => one.incident === incident);
    return `demo-fleet/${host?.id ?? ''}`;
  };
  beforeAll(async () => {
    recorded = await recordedFleet({ hosts: 24, tamper: 11, seed: 3 }, () => Date.now());
    truth = truthSchema.parse(JSON.parse(readFileSync(recorded.fleet.groundTruthFile, 'utf8')));
  }, 60_000);
  afterAll(async () => recorded.close());
  const ask = async (input: Partial<Ask> & Pick<Ask, 'id'>) => asked(recorded.store, input, Date.now());

  it('names the event that broke trust, with what was measured and what was expected, and calls nothing equal that was not judged', async () => {
    const found = await ask({ id: idOf('boot-loader-changed') });
    expect(found.first?.reason).toMatch(/^Boot loader changed/u);
    const [change] = changes(found);
    expect(change).toMatchObject({ state: 'changed', pcr: 4, a: { index: null, proven: null }, b: { proven: true } });
    expect(change?.a?.digest).not.toBe(change?.b?.digest);
    expect(found.rows[found.first?.row ?? -1]).toEqual(change);
    expect(found.tally.notJudged).toBeGreaterThan(0);
    expect(found.notes.join(' ')).toMatch(/neither equal nor different.*stops at the first difference/u);
  });

  it('names the program that is not in the reference', async () => {
    const found = await ask({ id: idOf('unknown-binary'), log: 'programs' });
    expect(found.first?.reason).toMatch(/^\/tmp\/\.x\/.* is not in the reference\.$/u);
    expect(changes(found)).toEqual([expect.objectContaining({ state: 'added', a: null })]);
  });

  it('takes the trusted host of the same class whose registers differ least, where no peer is named', async () => {
    const id = idOf('boot-loader-changed');
    const found = await ask({ id, with: 'peer' });
    const mine = recorded.store.hosts.get(id)?.row;
    const peer = recorded.store.hosts.get(found.a?.hostId ?? '')?.row;
    expect(peer).toMatchObject({ verdict: 'trusted', hostClass: mine?.hostClass });
    expect(found.first?.reason).toContain('PCR 4');
    expect(changes(found).filter(({ pcr }) => pcr === 4)).toEqual([
      expect.objectContaining({
        state: 'changed',
        a: expect.objectContaining({ proven: true }),
        b: expect.objectContaining({ proven: true }),
      }),
    ]);
    const [nearest] = peersOf(recorded.store, { id }).rows;
    expect(nearest).toMatchObject({ id: peer?.id, verdict: 'trusted' });
  });

  it('says of a host with equal measurements that both are the same bytes', async () => {
    const id = idOf(null);
    const same = peersOf(recorded.store, { id }).rows.find(({ differing }) => differing === 0);
    const found = await ask({ id, with: 'peer', peer: same?.id ?? '' });
    expect(changes(found)).toEqual([]);
    expect([found.identical, found.first, found.tally.same > 0]).toEqual([true, null, true]);
  });

  it('folds what did not change, and every line of it is there when it is unfolded', async () => {
    const id = idOf('boot-loader-changed');
    const folded = await ask({ id, with: 'peer' });
    const folds = folded.rows.flatMap((row) => (row.kind === 'fold' ? [row] : []));
    expect(folds.length).toBeGreaterThan(0);
    const hidden = folds.reduce((sum, { length }) => sum + length, 0);
    const open = await ask({ id, with: 'peer', unfolded: folds.map(({ start }) => start) });
    expect(pairs(open)).toHaveLength(pairs(folded).length + hidden);
    expect(changes(open)).toEqual(changes(folded));
    expect((await ask({ id, with: 'peer', unfolded: 'all' })).rows).toEqual(open.rows);
  });

  it('names the row of an event that is asked for, and none for one that is folded away', async () => {
    const id = idOf('boot-loader-changed');
    const { first, rows } = await ask({ id, with: 'peer' });
    const row = rows[first?.row ?? -1];
    const index = row?.kind === 'pair' ? (row.b?.index ?? -1) : -1;
    expect((await ask({ id, with: 'peer', at: index })).atRow).toBe(first?.row);
    expect((await ask({ id, with: 'peer', at: 1 })).atRow).toBeNull();
    expect((await ask({ id, with: 'peer', at: 1, unfolded: 'all' })).atRow).toBeGreaterThan(0);
  });

  it('gives windows that together are the whole', async () => {
    const id = idOf('boot-loader-changed');
    const whole = await ask({ id, with: 'peer' });
    const parts = [await ask({ id, with: 'peer', limit: 3 }), await ask({ id, with: 'peer', offset: 3 })];
    expect(parts.flatMap(({ rows }) => rows)).toEqual(whole.rows);
  });

  it('says that there is no earlier boot, and what there is', async () => {
    const found = await ask({ id: idOf('boot-loader-changed'), with: 'previous-boot' });
    expect(found.problem).toMatchObject({ code: 'none-earlier' });
    expect(found.offers.filter(({ available }) => available).map((offer) => offer.with)).toEqual(['reference', 'peer']);
    expect(found.rows).toEqual([]);
  });

  it('knows no host that is not there', async () => {
    const answer = await createDifference(recorded.store, createParsedEvidence(), () => T0)({ ...WHOLE, id: 'nobody' });
    expect(answer).toBeNull();
  });
});

describe('a host that was trusted, booted again and failed', () => {
  const ID = 'dc/agent-1';
  const LATER = T0 + 60_000;
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-difference-'));
    const opened = openStore(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    store = opened.value;
    const before = { ...record(observe({ clock: { reset: 5 } })), verdict: 'trusted', verified: 'trusted', brokenLink: null } as const;
    const again = observe({ clock: { reset: 6 } });
    const evidence = again.evidence.kind === 'none' ? again.evidence : { ...again.evidence, eventLog: bootLog(0), receivedAtMs: LATER };
    const after = { ...record({ ...again, evidence, observedAtMs: LATER }), verdict: 'failed', verified: 'failed' } as const;
    store.write.recordHosts([before]);
    store.write.recordHosts([after]);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is held against the boot before, with what that one was proven by', async () => {
    const found = await asked(store, { id: ID, with: 'previous-boot' });
    expect(found.a).toMatchObject({ words: 'the previous boot that was trusted', verdict: 'trusted', atMs: T0 });
    expect(found.first?.reason).toContain('variable SecureBoot differs: value from 1 to 0');
    expect(found.tally).toMatchObject({ changed: 1, added: 0, removed: 0 });
    expect(changes(found)[0]?.a).toMatchObject({ proven: true, data: 'verified' });
    expect(found.causes).toMatchObject([{ judgement: 'not-benign', cause: 'Secure Boot was switched off' }]);
  });

  it('is held against the last trusted observation, file by file', async () => {
    const found = await asked(store, { id: ID, with: 'last-trusted', log: 'programs' });
    expect(changes(found)).toEqual([]);
    expect(found.notes.join(' ')).toContain('a file that was first used later is new');
  });

  it('says where the evidence of the boot before is not kept any more', async () => {
    store.close();
    withFile(folder, false, (db) => {
      const gone = db.prepare("SELECT event_log_sha256 AS sha FROM span WHERE verdict = 'trusted'").pluck().get();
      db.prepare('DELETE FROM blob WHERE sha256 = ?').run(gone);
    });
    const opened = openStore(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    store = opened.value;
    const found = await asked(store, { id: ID, with: 'previous-boot' });
    expect(found.problem).toMatchObject({ code: 'not-kept', message: expect.stringContaining('retention') });
    expect(found.offers.find((offer) => offer.with === 'previous-boot')).toMatchObject({ available: false });
  });

  it('says where the evidence of the boot before is damaged', async () => {
    store.close();
    withFile(folder, false, (db) => {
      const kept = db.prepare("SELECT event_log_sha256 AS sha FROM span WHERE verdict = 'trusted'").pluck().get();
      db.prepare("UPDATE blob SET bytes = x'00' WHERE sha256 = ?").run(kept);
    });
    const opened = openStore(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    store = opened.value;
    expect((await asked(store, { id: ID, with: 'previous-boot' })).problem).toMatchObject({ code: 'damaged' });
  });
});
