import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LedgerEntry } from '../../../ledger/entry.ts';
import { recheck, type RecheckReport } from '../../../ledger/recheck/recheck.ts';
import type { RecheckOptions } from '../../../ledger/recheck/source.ts';
import { valueOf } from '../../../ledger/testing/ledger.ts';
import { openForAudit } from '../../../store/audit/open.ts';
import { auditSource } from '../../../store/audit/source.ts';
import { BY_ITSELF } from '../../../store/ledger-writer.ts';
import { openStore, type Store } from '../../../store/store.ts';
import { type Anchors, type AnchorsOptions, createAnchors } from '../anchors.ts';
import { headFile } from '../head-file.ts';
import { createKeeper, type Keeper } from '../keeper.ts';
import { keyFile } from '../key-file.ts';

/** A data folder with a ledger, its keeper and its anchors, and a clock that is set by hand. */
export type Anchored = {
  readonly folder: string;
  readonly outside: string;
  readonly store: () => Store;
  readonly anchors: () => Anchors;
  readonly keeper: () => Keeper;
  readonly nowMs: () => number;
  readonly pass: (ms: number) => void;
  readonly start: (configs: AnchorsOptions['configs'], timeoutMs?: number) => Promise<void>;
  /** One more entry, signed, and whatever is due put outside. */
  readonly step: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly entries: (kind: string) => readonly LedgerEntry[];
  readonly verifierKey: () => Promise<string>;
  readonly check: (options?: RecheckOptions) => RecheckReport;
  readonly remove: () => Promise<void>;
};

export const createAnchored = (): Anchored => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-anchored-'));
  const outside = path.join(folder, 'outside');
  const data = path.join(folder, 'data');
  mkdirSync(outside);
  let atMs = Date.now();
  const nowMs = (): number => atMs;
  let number = 0;
  let open: { store: Store; anchors: Anchors; keeper: Keeper } | null = null;
  const now = (): NonNullable<typeof open> => {
    if (open === null) throw new Error('not started');
    return open;
  };
  const stop = async (): Promise<void> => {
    await open?.anchors.stop();
    open?.store.close();
    open = null;
  };
  return {
    folder: data,
    outside,
    store: () => now().store,
    anchors: () => now().anchors,
    keeper: () => now().keeper,
    nowMs,
    pass: (ms) => {
      atMs += ms;
    },
    start: async (configs, timeoutMs = 5_000) => {
      await stop();
      const store = valueOf(openStore(data));
      const anchors = createAnchors({ configs, store, nowMs, timeoutMs });
      const keeper = createKeeper({ store, anchors, keys: keyFile(data), head: headFile(data), nowMs, version: '1', shell: 'console' });
      open = { store, anchors, keeper };
      keeper.begin([], []);
      await anchors.settled();
    },
    step: async () => {
      const { store, anchors, keeper } = now();
      number += 1;
      store.ledger.append({ who: BY_ITSELF, kind: 'settings.changed', subject: 'a test', body: { detail: String(number) } });
      keeper.seal(true);
      await anchors.settled();
    },
    stop,
    entries: (kind) => now().store.ledger.list({ kind }, 0, 1_000).rows,
    verifierKey: async () => (await now().keeper.handlers['ledger.state']({})).verifierKey,
    check: (options = {}) => {
      const { db, close } = valueOf(openForAudit(data));
      try {
        return recheck(auditSource(db), options);
      } finally {
        close();
      }
    },
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
