import { describe, expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { createEngine } from './engine.ts';

const refuse = (): never => {
  throw new Error('database or disk is full');
};

/** A store whose disk is full: it can be read, and every write fails as SQLite fails. */
const fullDisk = (): Store => {
  return {
    write: {
      putLarge: refuse,
      dropUnused: () => [],
      recordHosts: refuse,
      redecide: refuse,
      recordEndpoint: refuse,
      expire: refuse,
      recordTrend: refuse,
      setEndpointFinding: refuse,
    },
    all: { hosts: refuse, hostsOf: refuse, hostIds: refuse, findings: refuse, ledger: refuse },
    hosts: {
      list: refuse,
      values: { values: refuse, labels: refuse },
      get: () => null,
      all: () => [],
      memory: () => null,
      sharing: () => null,
      sharingTag: () => null,
      locations: () => ({ total: 0, rows: [] }),
      history: () => [],
      packedEvidence: () => null,
      evidence: () => null,
    },
    evidence: { of: () => null, entryOf: () => null, quote: refuse, content: refuse, packed: () => null },
    past: { trusted: () => [], peers: () => [] },
    fleet: {
      summary: refuse,
      tally: () => ({ inventory: 0, trusted: 0, failed: 0, stale: 0, inconclusive: 0 }),
      trend: () => [],
      freshness: refuse,
      links: () => [],
      places: () => [],
      disagreements: () => 0,
      endpoints: () => [],
      demoHosts: () => 0,
    },
    places: refuse,
    movements: refuse,
    findings: {
      list: () => ({ total: 0, rows: [] }),
      counts: () => ({ open: 0, acknowledged: 0, waived: 0 }),
      heldAt: refuse,
      clusters: () => ({ total: 0, rows: [] }),
      cluster: () => null,
      one: () => null,
      notes: () => [],
      journal: () => [],
      steps: { acknowledge: refuse, assign: refuse, waive: refuse, unwaive: refuse, reopen: refuse, note: refuse, endWaivers: () => 0 },
      bulk: { step: refuse, back: refuse },
      meant: () => ({ matching: 0, ids: [], hosts: 0, critical: 0 }),
    },
    policy: {
      versions: () => [],
      version: () => null,
      active: () => null,
      activeAt: () => null,
      propose: refuse,
      activate: refuse,
      withdraw: refuse,
      note: refuse,
    },
    standings: { count: () => 0, now: () => [], asOf: () => [], decidedByOthers: () => [], one: () => null },
    references: {
      list: () => ({ total: 0, rows: [] }),
      get: () => null,
      approved: () => [],
      propose: refuse,
      approve: refuse,
      withdraw: refuse,
    },
    assessments: { run: () => null, ofRun: () => [], before: () => [], history: () => ({ total: 0, rows: [] }), assess: refuse },
    ledger: {
      append: refuse,
      appendAll: refuse,
      useClock: () => {},
      list: () => ({ total: 0, rows: [] }),
      size: () => 0,
      lastAtMs: () => null,
      newest: () => null,
      rootAt: refuse,
      consistency: refuse,
      seal: refuse,
      sealEntry: refuse,
    },
    anchors: { made: refuse, failed: refuse, memory: () => ({ last: null, problems: [] }), hasNews: () => false, harden: refuse },
    alerts: {
      memory: () => ({ seq: 0, sent: 0, sentAtMs: null, problems: [] }),
      entries: refuse,
      passed: refuse,
      sent: refuse,
      failed: refuse,
    },
    asOf: { show: refuse },
    posture: { changes: refuse, detect: refuse, resolve: refuse, beganAtMs: refuse },
    purge: refuse,
    upkeep: { backup: refuse, compact: refuse },
    settings: { read: () => null, write: refuse, change: refuse },
    views: { list: () => [], save: refuse, remove: refuse },
    reports: {
      list: () => [],
      get: () => null,
      lastRows: () => null,
      save: refuse,
      remove: refuse,
      ran: refuse,
      looked: refuse,
      failed: refuse,
    },
    judgeFreshness: () => {},
    close: () => {},
  };
};

describe('a disk that is full', () => {
  it('does not end the engine; every endpoint says that nothing can be recorded, and what to do', async () => {
    const engine = createEngine({
      store: fullDisk(),
      endpoints: [
        {
          name: 'dc',
          kind: 'keylime',
          verifier: 'https://127.0.0.1:1',
          registrar: 'https://127.0.0.1:1',
          tls: { ca: null, cert: null, key: null, password: null, serverName: null },
          intervalMs: 60_000,
          allowPlaintextLoopback: false,
          runtimePolicy: null,
          measuredBootPolicy: null,
        },
      ],
      anchors: [],
      endorsement: null,
      manifestText: null,
      version: '0',
      shell: 'console',
      dataFolder: '/nowhere',
      emit: () => {},
    });
    await engine.sweepAll(new AbortController().signal);
    expect(engine.recordingProblem()).toMatchObject({ code: 'not-recorded', message: expect.stringContaining('disk is full') });
    expect(await engine.handlers['endpoints.list']({})).toMatchObject([
      { state: 'silent', problem: { nextStep: expect.stringContaining('Free space') } },
    ]);
    await engine.stop();
  });
});
