import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openExportStore } from './export-store.ts';
import type { Blob, HostRecord } from './records.ts';
import { openStore, type Store } from './store.ts';
import { beforeCertificates } from './testing/before-certificates.ts';
import { withFile } from './testing/file.ts';
import { hostRecord } from './testing/host-record.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const certificate = (text: string): Blob => {
  const bytes = Buffer.from(text);
  return { kind: 'ek-certificate', sha256: sha256(bytes), size: bytes.length, encoding: 'plain', bytes };
};
const withCertificate = (id: string, text: string | null, over: Partial<HostRecord> = {}): HostRecord =>
  hostRecord({
    id,
    blobs: { eventLog: null, ima: null, runtimeReference: null, ekCertificate: text === null ? null : certificate(text) },
    ...over,
  });

let folder: string;
let store: Store;
const open = (): void => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
};
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-certificates-'));
  open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const kept = (): readonly string[] => {
  let found: readonly string[] = [];
  withFile(folder, true, (db) => {
    found = z.array(z.string()).parse(db.prepare("SELECT sha256 FROM blob WHERE kind = 'ek-certificate' ORDER BY sha256").pluck().all());
  });
  return found;
};
const evidenceOf = (id: string) => {
  const opened = openExportStore(folder, { nowMs: Date.now, notRecorded: () => [] });
  if (!opened.ok) throw new Error(opened.problem.message);
  try {
    const of = opened.value.evidence.of(id);
    const entered = of?.entered.ekCertificate ?? null;
    return { entered, newest: of?.newest.ekCertificate ?? null, content: entered === null ? null : opened.value.evidence.content(entered) };
  } finally {
    opened.value.close();
  }
};

describe('endorsement certificates', () => {
  it('are kept as they came, once however many hosts have the same, and the entry of the ledger names them', () => {
    store.write.recordHosts([withCertificate('dc/1', 'shared'), withCertificate('dc/2', 'shared'), withCertificate('dc/3', null)]);
    const digest = sha256(Buffer.from('shared'));
    expect(kept()).toEqual([digest]);
    const { entered, newest, content } = evidenceOf('dc/1');
    expect([entered, newest]).toEqual([digest, digest]);
    expect(content).toMatchObject({ state: 'kept' });
    expect(evidenceOf('dc/3').entered).toBeNull();
    expect(store.ledger.list({}, 0, 10).rows.map(({ body }) => JSON.stringify(body).includes(digest))).toEqual([false, true, true]);
  });

  it('stay while a host or its history rests on them', () => {
    store.write.recordHosts([withCertificate('dc/1', 'first')]);
    store.write.recordHosts([withCertificate('dc/1', 'second', { verdict: 'failed', verified: 'failed' })]);
    expect(kept()).toHaveLength(2);
    expect(evidenceOf('dc/1')).toMatchObject({ entered: sha256(Buffer.from('second')) });
  });

  it('go where neither does any more', () => {
    store.write.recordHosts([withCertificate('dc/1', 'first')]);
    store.write.recordHosts([withCertificate('dc/1', 'second')]);
    store.write.recordHosts([withCertificate('dc/1', 'third')]);
    // The span began with the first; the second was only ever the newest.
    expect(kept()).toEqual([sha256(Buffer.from('first')), sha256(Buffer.from('third'))].toSorted());
  });

  it('are not there of what an earlier version recorded, and come with the next observation', () => {
    store.write.recordHosts([withCertificate('dc/1', null)]);
    store.close();
    withFile(folder, false, beforeCertificates);
    open();
    expect(evidenceOf('dc/1').newest).toBeNull();
    store.write.recordHosts([withCertificate('dc/1', 'now')]);
    expect(evidenceOf('dc/1')).toMatchObject({ entered: null, newest: sha256(Buffer.from('now')) });
  });
});
