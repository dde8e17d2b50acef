import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../store/store.ts';
import type { CollectorEvents } from '../collector.ts';
import { createEngine } from '../engine.ts';
import { observe, record, T0 } from '../testing/observation.ts';

const NO_STRANGERS = `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: no-strangers }
classes: [{ name: known, when: 'name = "somebody else"' }]
unmatched: failed
`;

describe('a record that crosses an activation', () => {
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-crossing-'));
    const opened = openStore(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    store = opened.value;
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is written as the manifest in force decides, and leaves nothing of what the one before said', async () => {
    const told: CollectorEvents[] = [];
    const engine = createEngine({
      store,
      endpoints: [],
      endorsement: null,
      anchors: [],
      manifestText: NO_STRANGERS,
      version: '0',
      shell: 'console',
      dataFolder: folder,
      emit: () => {},
      nowMs: () => T0 + 1_000,
      collect: (_start, given) => {
        told.push(given);
        return {
          start: () => {},
          sweepNow: () => false,
          isSweeping: () => false,
          nextSweepAtMs: () => null,
          setManifest: () => {},
          setReferences: () => {},
          stop: () => Promise.resolve(),
        };
      },
    });
    const found = record(observe());
    expect(found).toMatchObject({ decidedBy: 0, verdict: 'inconclusive' });
    await told[0]?.onRecord(found);
    expect(store.hosts.history(found.id, 5)).toMatchObject([{ verdict: 'failed' }]);
    expect(
      store.findings
        .list({}, 'newest', 0, 10, T0)
        .rows.map((row) => row.kind)
        .toSorted(),
    ).toEqual(['disagreement', 'host-failed']);
    expect(store.standings.decidedByOthers(1, '', 5)).toEqual([]);
    await engine.stop();
  });
});
