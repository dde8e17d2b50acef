import { useEffect, useState } from 'react';
import type { LedgerRow } from '../../../shared/contract/ledger-schemas.ts';
import { onFleetChanged } from '../../transport/changes.ts';
import { call } from '../../transport/transport.ts';
import { usePreferences } from '../kept/preferences-store.ts';
import { grouped, type Grouped, GROUP_WORDS, isQuiet, NOTICED } from './groups.ts';
import { markSeen, noticedNow, useNoticed } from './notices-store.ts';

const MOST = 200;
const AT_MOST_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;

export type Notices = {
  readonly groups: readonly Grouped[];
  /** Where of one kind more came than are read here, the numbers are at least so many. */
  readonly isMore: boolean;
  readonly sinceMs: number;
  /** Whether the ledger was read at all: where it was not, that nothing is new is not known. */
  readonly isKnown: boolean;
  readonly markSeen: () => void;
};

type Read = { readonly rows: readonly LedgerRow[]; readonly newestSeq: number; readonly full: boolean };

const readNew = async (seenSeq: number | null): Promise<Read | null> => {
  const pages = await Promise.all(NOTICED.map((kind) => call('ledger.list', { kind, offset: 0, limit: seenSeq === null ? 1 : MOST })));
  const newest = await call('ledger.list', { offset: 0, limit: 1 });
  if (!newest.ok) return null;
  const rows: LedgerRow[] = [];
  let full = false;
  for (const page of pages) {
    if (!page.ok) return null;
    rows.push(...page.value.rows);
    full ||= page.value.rows.length === MOST && (page.value.rows.at(-1)?.seq ?? -1) > (seenSeq ?? -1);
  }
  return { rows, newestSeq: newest.value.rows[0]?.seq ?? -1, full };
};

const wordsOf = ({ group, rows }: Grouped): string => GROUP_WORDS[group](rows.length);

/** One notice of the system for all that came, and only while nobody looks and nobody wants it quiet. */
const tellSystem = (groups: readonly Grouped[]): void => {
  const { bySystem, quiet } = noticedNow();
  const now = new Date();
  if (!bySystem || !document.hidden || isQuiet(quiet, now.getHours() * 60 + now.getMinutes())) return;
  const notice = new Notification('Plumbline', { body: `${groups.map(wordsOf).join('. ')}.`, tag: 'plumbline' });
  notice.addEventListener('click', () => window.focus());
};

/** What happened since somebody last said that they have seen it, from the ledger, so that no restart loses it. */
export const useNotices = (): Notices => {
  // Before it is known what was seen, nothing is marked as seen.
  const isKnown = usePreferences((state) => state.keptIn !== undefined);
  const { seenSeq, seenAtMs } = useNoticed();
  const [read, setRead] = useState<Read | null>(null);
  useEffect(() => {
    if (!isKnown) return undefined;
    let over = false;
    let askedAtMs = Number.NEGATIVE_INFINITY;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let told = -1;
    const ask = async (): Promise<void> => {
      askedAtMs = performance.now();
      const found = await readNew(seenSeq);
      if (over || found === null) return;
      // The first look at a data folder begins here: what was before is history, and not news.
      if (seenSeq === null) return markSeen(found.newestSeq);
      setRead(found);
      const groups = grouped(found.rows, Math.max(seenSeq, told));
      if (groups.length > 0) tellSystem(groups);
      told = found.newestSeq;
    };
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), Math.max(0, askedAtMs + AT_MOST_EVERY_MS - performance.now()));
    };
    void ask();
    const stop = onFleetChanged(soon);
    return () => {
      over = true;
      clearTimeout(timer);
      stop();
    };
  }, [isKnown, seenSeq]);
  return {
    groups: read === null || seenSeq === null ? [] : grouped(read.rows, seenSeq),
    isMore: read?.full ?? false,
    isKnown: read !== null,
    sinceMs: Math.floor(seenAtMs / MINUTE_MS) * MINUTE_MS,
    markSeen: () => {
      if (read !== null) markSeen(read.newestSeq);
    },
  };
};
