import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASSURANCES, VERDICTS } from '../../shared/model/verdict.ts';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';
import { type RecordedFleet, recordedFleet } from './testing/recorded-fleet.ts';

const HOUR = 3_600_000;

/** What somebody sees who starts Plumbline for the first time must show what it can tell apart. */
describe('the demo fleet with its manifest', () => {
  let recorded: RecordedFleet;
  let store: Store;
  let engine: Engine;
  let atMs = Date.now();

  beforeAll(async () => {
    recorded = await recordedFleet({ hosts: 50, incidents: 'demo', nowMs: () => atMs }, () => atMs);
    ({ store, engine } = recorded);
    // Later in the story: a host that was trusted is gone.
    atMs += 200_000;
    await engine.sweepAll(new AbortController().signal);
  });
  afterAll(() => recorded.close());

  const rows = () => store.hosts.all('demo-fleet').map((host) => host.row);

  it('yields every verdict', () => {
    expect(new Set(rows().map((row) => row.verdict))).toEqual(new Set(VERDICTS));
  });

  it('yields every assurance of a location', () => {
    expect(new Set(rows().map((row) => row.location.assurance))).toEqual(new Set(ASSURANCES));
  });

  it('yields at least five clusters of findings, each with its cause in words', () => {
    const { rows: clusters, total } = store.findings.clusters({ minFindings: 1, kind: null }, 0, 100, atMs);
    expect(total).toBeGreaterThanOrEqual(5);
    expect(new Set(clusters.map((cluster) => cluster.cause)).size).toBe(total);
    expect(clusters.filter((cluster) => cluster.title === '' || cluster.detail === '')).toEqual([]);
  });

  it('says of every host which class applied, and whose word its place is', async () => {
    const details = await Promise.all(rows().map(async ({ id }) => engine.handlers['hosts.get']({ id })));
    expect(new Set(details.map((detail) => detail?.policyClass.name))).toEqual(new Set(['placed', null]));
    const signed = details.find((detail) => detail?.row.location.assurance === 'issuer-signed');
    expect(signed?.locationSource).toEqual({ source: 'The issuer demo-facilities', contradiction: null });
    const coverage = details.filter((detail) => detail?.row.verdict === 'trusted').map((detail) => detail?.coverage);
    expect(coverage.every((one) => one !== undefined && one.covered === one.required && one.covered > 0)).toBe(true);
  });

  it('says nothing of a host to which nothing happened, whoever signs for its place', () => {
    const undisturbed = rows().filter((row) => row.verdict === 'trusted' && row.location.assurance === 'issuer-signed');
    expect(undisturbed.length).toBeGreaterThan(0);
    for (const { id } of undisturbed) expect(store.hosts.history(id, 10)).toMatchObject([{ confirmations: 2 }]);
  });

  it('what if the demo were an hour older: nothing is trusted any more', async () => {
    const { text } = await engine.handlers['policy.get']({});
    atMs += HOUR;
    const started = await engine.handlers['policy.whatIf']({ text: text ?? '' });
    for (;;) {
      const result = started.ok ? await engine.handlers['policy.whatIfResult']({ id: started.id, offset: 0, limit: 1 }) : null;
      if (result?.state === 'running') {
        await new Promise(setImmediate);
        continue;
      }
      expect(result).toMatchObject({ state: 'done', changed: 0, after: { trusted: 0 } });
      break;
    }
  });
});
