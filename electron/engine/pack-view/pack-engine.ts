import type { Registered } from '../../../shared/contract/contract.ts';
import { appInfo } from '../app-info.ts';
import { hostDetailOf } from '../host-detail.ts';
import { ledgerList } from '../ledger/list.ts';
import { createAnswers } from '../readers/answers.ts';
import { whoActs } from '../who.ts';
import type { OpenedPack } from './open-pack-view.ts';

export type PackEngineOptions = {
  readonly pack: OpenedPack;
  readonly file: string;
  readonly version: string;
  readonly shell: 'desktop' | 'console';
};

export type PackEngine = { readonly handlers: Registered; readonly start: () => void; readonly stop: () => Promise<void> };

/** Entries of a pack, as a page of the ledger's list asks for them. `kind` is one of them or the word before the dot. */
const entriesOf = (entries: OpenedPack['entries']) => ({
  list: (wanted: { kind?: string | undefined; subject?: string | undefined }, offset: number, limit: number) => {
    const { kind, subject } = wanted;
    const fitting = entries
      .filter((entry) => kind === undefined || entry.kind === kind || entry.kind.startsWith(`${kind}.`))
      .filter((entry) => subject === undefined || entry.subject === subject)
      .toSorted((a, b) => b.seq - a.seq);
    return { total: fitting.length, rows: fitting.slice(offset, offset + limit) };
  },
});

/**
 * Shows an evidence pack, as of its cut-off. Only what a pack has is registered: its hosts with their evidence, its entries, and what its check
 * found. What it has not (history, findings, what happened between) is answered `not-registered`, so that its absence never looks like calm.
 */
export const createPackEngine = ({ pack, file, version, shell }: PackEngineOptions): PackEngine => {
  const { store } = pack.opened;
  const nowMs = (): number => pack.view.cutOffMs;
  store.judgeFreshness({ nowMs, notRecorded: () => [] });
  const answers = createAnswers(store, nowMs);
  const info = appInfo(store.fleet, { version, shell, startedAtMs: Date.now(), user: whoActs(), dataFolder: file, readOnly: true });
  return {
    handlers: {
      'app.info': () => ({ ...info(), pack: { name: pack.view.name, cutOffMs: pack.view.cutOffMs, pinned: pack.view.pinned } }),
      'pack.get': () => pack.view,
      'hosts.list': answers['hosts.list'],
      'hosts.complete': answers['hosts.complete'],
      'hosts.get': ({ id }) => hostDetailOf(store.hosts, id),
      'hosts.events': answers['hosts.events'],
      'hosts.ima': answers['hosts.ima'],
      'hosts.difference': answers['hosts.difference'],
      'hosts.peers': answers['hosts.peers'],
      'hosts.bytes': answers['hosts.bytes'],
      'hosts.fields': answers['hosts.fields'],
      'hosts.keys': answers['hosts.keys'],
      'ledger.list': ledgerList(entriesOf(pack.entries)),
      'views.list': () => [],
      'jobs.list': () => [],
    },
    start: () => {},
    stop: () => Promise.resolve(),
  };
};
