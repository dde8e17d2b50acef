import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signCheckpoint } from '../ledger/checkpoint.ts';
import { encodeEntry } from '../ledger/entry.ts';
import { keyCreatedBody } from '../ledger/entry-bodies.ts';
import { leafHash } from '../ledger/hashing.ts';
import { recheck } from '../ledger/recheck/recheck.ts';
import { makeVerifierKey } from '../ledger/verifier-key.ts';
import { openForAudit } from '../store/audit/open.ts';
import { auditSource } from '../store/audit/source.ts';
import { BY_ITSELF, type LedgerDraft } from '../store/ledger-writer.ts';
import { openStore } from '../store/store.ts';
import type { BenchResult } from './bench-result.ts';

const ENTRIES = 1_000_000;
/** Entries of one transaction, as a sweep in which much changes has them. */
const TOGETHER = 250;
const SEAL_EVERY = 10_000;
const ORIGIN = 'bench.plumbline.example/ledger';

const draftAt = (n: number): LedgerDraft => ({
  who: BY_ITSELF,
  kind: 'verdict.changed',
  subject: `host dc-frankfurt/${n % 10_000}`,
  body: {
    before: { verdict: 'trusted', reported: 'trusted', brokenLink: null, reason: 'Every link of the chain is true.' },
    after: { verdict: 'failed', reported: 'failed', brokenLink: 'boot-loader', reason: `Boot loader changed: ${n}.` },
    evidence: { quote: n.toString(16).padStart(64, '0') },
    manifest: 1,
  },
});

/** The ledger in its database: what appending costs with its indexes and triggers, and what checking it from the file alone costs. */
export const ledgerStoreSuite = (signal: AbortSignal): readonly BenchResult[] => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-ledger-'));
  try {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = makeVerifierKey(ORIGIN, privateKey);
    const opened = openStore(folder);
    if (!opened.ok || !key.ok) throw new Error('the ledger of the benchmark cannot be made');
    const { ledger, close } = opened.value;
    ledger.append({ who: BY_ITSELF, kind: 'key.created', subject: 'ledger key', body: keyCreatedBody(key.value) });
    let appending = 0;
    let bare = 0;
    for (let first = 1; first < ENTRIES && !signal.aborted; first += TOGETHER) {
      const drafts = Array.from({ length: Math.min(TOGETHER, ENTRIES - first) }, (_, at) => draftAt(first + at));
      const begin = performance.now();
      ledger.appendAll(drafts);
      if (first % SEAL_EVERY < TOGETHER)
        ledger.seal(Date.now(), false, ({ size, root }) => signCheckpoint({ origin: ORIGIN, size, root }, [{ privateKey }]));
      const between = performance.now();
      for (const [at, draft] of drafts.entries()) {
        const bytes = encodeEntry({ v: 1, seq: first + at, at: '2026-01-01T00:00:00.000Z', ...draft });
        if (bytes.ok) leafHash(bytes.value);
      }
      appending += between - begin;
      bare += performance.now() - between;
    }
    ledger.seal(Date.now(), false, ({ size, root }) => signCheckpoint({ origin: ORIGIN, size, root }, [{ privateKey }]));
    close();
    const bytes = statSync(path.join(folder, 'plumbline.db')).size / ENTRIES;
    const audited = openForAudit(folder);
    if (!audited.ok) throw new Error(audited.problem.message);
    const begin = performance.now();
    const report = recheck(auditSource(audited.value.db), { keys: [key.value], shouldStop: () => signal.aborted });
    const checking = (performance.now() - begin) / 1000;
    audited.value.close();
    if (!report.ok && report.complete) throw new Error('the ledger of the benchmark does not hold');
    const perSecond = (elapsed: number): number => ENTRIES / (elapsed / 1000);
    return [
      {
        name: 'entries appended to the database (to encoding and hashing them)',
        value: perSecond(appending),
        unit: '/s',
        limit: perSecond(bare),
        ratio: bare / appending,
      },
      { name: 're-check of 1,000,000 entries from the file', value: checking, unit: 's', limit: null, ratio: null },
      { name: 'bytes of database per entry', value: bytes, unit: 'B', limit: null, ratio: null },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
