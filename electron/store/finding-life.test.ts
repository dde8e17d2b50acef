import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FindingKind, FindingQuery, FindingSort } from '../../shared/contract/finding-schemas.ts';
import type { FindingDraft, HostRecord } from './records.ts';
import { openStore, type Store } from './store.ts';

const T0 = 1_800_000_000_000;
const DAY = 86_400_000;
const BY = { who: 'ann', atMs: T0 + 1_000 };

const draft = (cause: string, over: Partial<FindingDraft> = {}): FindingDraft => ({
  kind: 'host-failed',
  severity: 'critical',
  cause: `${over.kind ?? 'host-failed'}/${cause}`,
  what: 'Boot loader changed',
  title: 'Boot loader changed: web-1',
  detail: `It measures ${cause}.`,
  momentary: false,
  ...over,
});
const host = (id: string, findings: readonly FindingDraft[], over: Partial<HostRecord> = {}): HostRecord => ({
  id,
  agentId: id,
  endpoint: 'dc',
  name: `host ${id}`,
  hostClass: null,
  address: null,
  verdict: findings.length > 0 ? 'failed' : 'trusted',
  verified: findings.length > 0 ? 'failed' : 'trusted',
  reported: 'trusted',
  disagreement: false,
  brokenLink: null,
  reason: '',
  chain: [],
  location: { country: 'DE', subdivision: null, site: null, assurance: 'reported', source: 'The endpoint' },
  silent: false,
  evidenceAtMs: T0,
  seenAtMs: T0,
  demo: false,
  detail: '{}',
  standing: '{}',
  decisive: '',
  decidedBy: 0,
  policyClass: null,
  coverage: { covered: 0, required: 0 },
  maxAgeMs: 600_000,
  akName: null,
  ekSha256: null,
  tagSerial: null,
  clock: null,
  quotedAtMs: null,
  quote: null,
  steady: null,
  blobs: { eventLog: null, ima: null, runtimeReference: null },
  findings,
  ...over,
});

let folder: string;
let store: Store;
const record = (id: string, findings: readonly FindingDraft[], over: Partial<HostRecord> = {}): void => {
  store.write.recordHosts([host(id, findings, over)]);
};
const list = (query: FindingQuery = {}, sort: FindingSort = 'newest', now = T0) => store.findings.list(query, sort, 0, 500, now).rows;
const ids = (query: FindingQuery, now = T0): number[] => list(query, 'newest', now).map((row) => row.id);
const steps = (id: number): string[] => store.findings.journal(id, 100).map((step) => step.kind);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-finding-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('evidence has the last word', () => {
  it.each(['acknowledged', 'waived'] as const)(
    'a finding that is %s is resolved when it no longer holds, and the journal says so',
    (said) => {
      record('1', [draft('aa')]);
      if (said === 'acknowledged') store.findings.steps.acknowledge({ ids: [1] }, BY);
      else store.findings.steps.waive({ ids: [1] }, T0 + DAY, 'planned', BY);
      record('1', [], { seenAtMs: T0 + 2_000 });
      expect(store.findings.one(1, T0 + 2_000)).toMatchObject({ state: 'resolved', resolvedAtMs: T0 + 2_000 });
      expect(steps(1)).toEqual(['finding.opened', `finding.${said}`, 'finding.resolved']);
      expect(store.findings.counts(T0)).toEqual({ open: 0, acknowledged: 0, waived: 0 });
    },
  );

  it('what comes back is open: nobody has looked at it', () => {
    record('1', [draft('aa')]);
    store.findings.steps.waive({ ids: [1] }, T0 + DAY, 'planned', BY);
    record('1', [], { seenAtMs: T0 + 2_000 });
    record('1', [draft('aa')], { seenAtMs: T0 + 3_000 });
    expect(list({ openOnly: true })).toMatchObject([{ id: 2, state: 'open', waiver: null }]);
  });

  it('a past moment has what held then, whatever became of it since', () => {
    const heldAt = (atMs: number): number => store.findings.heldAt(atMs).findings;
    record('1', [draft('aa')]);
    record('2', [draft('aa')], { seenAtMs: T0 + 1_000 });
    record('1', [], { seenAtMs: T0 + 2_000 });
    record('1', [draft('aa')], { seenAtMs: T0 + 3_000 });
    store.write.setEndpointFinding('dc', draft('silent', { kind: 'endpoint-silent' }), T0 + 4_000);
    store.write.setEndpointFinding('dc', null, T0 + 5_000);
    expect([-1, 0, 1_000, 2_000, 3_000, 4_000, 5_000].map((after) => heldAt(T0 + after))).toEqual([0, 1, 2, 1, 2, 3, 2]);
    expect(store.findings.heldAt(T0 + 4_999).silentEndpoints).toBe(1);
    expect(store.findings.heldAt(T0 + 5_000).silentEndpoints).toBe(0);
  });

  it('a waiver covers what was found then: something else on the same host opens it again', () => {
    record('1', [draft('aa')]);
    store.findings.steps.waive({ ids: [1] }, T0 + DAY, 'planned', BY);
    record('1', [draft('aa', { detail: 'The same in other words.' })], { seenAtMs: T0 + 2_000 });
    expect(store.findings.one(1, T0)).toMatchObject({ state: 'waived', detail: 'The same in other words.', causeSinceMs: T0 });
    record('1', [draft('bb')], { seenAtMs: T0 + 3_000 });
    expect(store.findings.one(1, T0)).toMatchObject({ state: 'open', waiver: null, openedAtMs: T0, causeSinceMs: T0 + 3_000 });
    expect(steps(1)).toEqual(['finding.opened', 'finding.waived', 'finding.reopened']);
  });

  it('a host that joins a waived cluster is not waived', () => {
    record('1', [draft('aa')]);
    store.findings.steps.waive({ cause: 'host-failed/aa' }, T0 + DAY, 'planned', BY);
    record('2', [draft('aa')]);
    expect(store.findings.clusters({ minFindings: 1, kind: null }, 0, 10, T0).rows).toMatchObject([
      { cause: 'host-failed/aa', hosts: 2, counts: { open: 1, acknowledged: 0, waived: 1 } },
    ]);
  });

  it('silence ends nothing that only evidence shows', () => {
    const shown = [draft('x', { kind: 'location-contradiction', severity: 'warning' }), draft('y', { kind: 'tag-copied' })];
    record('1', shown);
    record('1', [draft('z', { kind: 'host-stale' })], { silent: true, blobs: null, evidenceAtMs: null, verdict: 'stale' });
    expect(list({ openOnly: true }).map((row) => row.kind)).toEqual(
      expect.arrayContaining<FindingKind>(['location-contradiction', 'tag-copied', 'host-stale']),
    );
    record('1', []);
    expect(list({ openOnly: true })).toEqual([]);
  });

  it('grown stale by the clock alone, a host keeps what is not about its verdict', () => {
    record('1', [draft('x', { kind: 'reported-without-policy' })], { verdict: 'trusted' });
    store.write.expire(T0 + 600_001);
    expect(list({ openOnly: true }).map((row) => row.kind)).toEqual(expect.arrayContaining(['reported-without-policy', 'host-stale']));
  });
});

describe('asking for findings', () => {
  beforeEach(() => {
    record('1', [draft('aa')]);
    record('2', [draft('bb', { kind: 'disagreement', title: '100% sure: web-2' })], { seenAtMs: T0 + 1 });
    record('3', [draft('cc', { kind: 'location-contradiction', severity: 'warning' })], { seenAtMs: T0 + 2 });
    record('4', [draft('dd', { kind: 'reboot', severity: 'info', momentary: true })], { seenAtMs: T0 + 3 });
    store.findings.steps.acknowledge({ ids: [2] }, BY);
    store.findings.steps.waive({ ids: [3] }, T0 + 10 * DAY, 'planned', BY);
    store.findings.steps.assign({ ids: [1] }, 'Bob', BY);
  });

  it.each([
    [{}, [4, 3, 2, 1]],
    [{ openOnly: true }, [3, 2, 1]],
    [{ states: ['open'] }, [1]],
    [{ states: ['acknowledged', 'waived'] }, [3, 2]],
    [{ states: ['resolved'] }, [4]],
    [{ states: ['waived', 'resolved'] }, [4, 3]],
    [{ kinds: ['host-failed', 'reboot'] }, [4, 1]],
    [{ severities: ['warning'] }, [3]],
    [{ hostId: '2' }, [2]],
    [{ cause: 'host-failed/aa' }, [1]],
    [{ assigned: 'Bob' }, [1]],
    [{ assigned: null }, [4, 3, 2]],
    [{ text: 'BOB web-1' }, [1]],
    [{ text: '100%' }, [2]],
    [{ text: '1_0' }, []],
    [{ text: "'; DROP TABLE finding; --" }, []],
    [{ waiverEndsWithinDays: 14 }, [3]],
    [{ waiverEndsWithinDays: 9 }, []],
  ] satisfies [FindingQuery, number[]][])('%j finds %j', (query, found) => {
    expect(ids(query)).toEqual(found);
    expect(store.findings.list(query, 'newest', 0, 1, T0).total).toBe(found.length);
  });

  it('sorts by severity, the newest first among equals', () => {
    expect(list({}, 'severity').map((row) => row.id)).toEqual([2, 1, 3, 4]);
  });

  it('a waiver is over at its end, before anybody wrote so', () => {
    expect(ids({ states: ['open'] }, T0 + 10 * DAY)).toEqual([3, 1]);
    expect(store.findings.counts(T0 + 10 * DAY)).toEqual({ open: 2, acknowledged: 1, waived: 0 });
    expect(store.findings.steps.acknowledge({ ids: [3] }, { who: 'ann', atMs: T0 + 10 * DAY })).toBe(1);
    expect(store.findings.one(3, T0 + 10 * DAY)).toMatchObject({ state: 'acknowledged', waiver: null });
    expect(store.findings.steps.endWaivers(T0 + 10 * DAY)).toBe(0);
  });

  it('no step is taken by nobody', () => {
    expect(() => store.findings.steps.note({ ids: [1] }, 'x', { who: '', atMs: T0 })).toThrow('CHECK');
    expect(store.findings.notes(1, 10)).toEqual([]);
  });

  it('hostile text is stored as it is and shown as text', () => {
    store.findings.steps.note({ cause: 'host-failed/aa' }, 'a\u0000b\u202e', BY);
    expect(store.findings.notes(1, 10)).toMatchObject([{ who: 'ann', text: 'a\\x00b\\u{202e}' }]);
    store.findings.steps.assign({ ids: [1] }, '\u202eBob', BY);
    expect(store.findings.one(1, T0)?.assigned).toBe('\\u{202e}Bob');
    expect(ids({ assigned: '\u202eBob' })).toEqual([1]);
  });
});

describe('where a host was', () => {
  const at = (country: string | null, over: Partial<HostRecord> = {}): void =>
    record('1', [], { location: { country, subdivision: null, site: null, assurance: 'reported', source: 'The endpoint' }, ...over });

  it('is one row for each change, newest first, and silence is no move', () => {
    at('DE');
    at('DE', { seenAtMs: T0 + 1 });
    at(null, { seenAtMs: T0 + 2, silent: true });
    at('FR', { seenAtMs: T0 + 3 });
    expect(store.hosts.locations('1', 0, 10)).toMatchObject({
      total: 2,
      rows: [
        { country: 'FR', fromMs: T0 + 3 },
        { country: 'DE', fromMs: T0 },
      ],
    });
    expect(store.hosts.locations('1', 1, 1).rows).toMatchObject([{ country: 'DE' }]);
  });
});

describe('one tag on two hosts', () => {
  it('is found by its serial number, with fresh evidence and another TPM', () => {
    record('1', [], { tagSerial: '7', ekSha256: 'e1' });
    expect(store.hosts.sharingTag('7', '2', 'e2', T0)).toBe('host 1');
    expect(store.hosts.sharingTag('7', '2', null, T0)).toBe('host 1');
    expect(store.hosts.sharingTag('7', '2', 'e1', T0)).toBeNull();
    expect(store.hosts.sharingTag('7', '1', 'e1', T0)).toBeNull();
    expect(store.hosts.sharingTag('7', '2', 'e2', T0 + 1)).toBeNull();
    record('1', [], { silent: true, blobs: null, evidenceAtMs: null });
    expect(store.hosts.sharingTag('7', '2', 'e2', T0)).toBe('host 1');
    record('1', []);
    expect(store.hosts.sharingTag('7', '2', 'e2', T0)).toBeNull();
  });
});
