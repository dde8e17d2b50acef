import type { Readers } from '../../store/readers.ts';
import { askAsOf, createAskMoment } from '../ask-as-of.ts';
import { createDifference } from '../difference/difference.ts';
import { peersOf } from '../difference/peers.ts';
import { createEvidenceViews } from '../evidence-views.ts';
import { createFindingLists } from '../findings/lists.ts';
import { createHostLists } from '../host-lists.ts';
import { readPosture } from '../posture.ts';
import { ledgerList } from '../ledger/list.ts';
import { createParsedEvidence } from '../parsed-evidence.ts';
import { createRawEvidence } from '../raw-evidence.ts';
import { createPlaceAnswers } from '../places/answers.ts';
import { createItemLists } from '../reports/run-items.ts';
import type { ReadHandlers } from './messages.ts';

const TREND_POINTS = 240;
const NEWEST_FINDINGS = 8;

/** The answers of whoever reads: the reader's thread, or the engine where there is none. One code, so that both say the same. */
export const createAnswers = (store: Readers, nowMs: () => number): ReadHandlers => {
  const parsed = createParsedEvidence();
  const evidence = createEvidenceViews(store.hosts, parsed);
  const raw = createRawEvidence(store, parsed);
  // One line for all who ask of the past: the store shows one moment at a time.
  const askMoment = createAskMoment(store);
  return {
    ...createHostLists(store, nowMs),
    ...createFindingLists(store.findings, nowMs),
    'hosts.history': ({ id, limit }) => store.hosts.history(id, limit),
    'hosts.events': evidence.events,
    'hosts.ima': evidence.ima,
    'hosts.difference': createDifference(store, parsed, nowMs),
    'hosts.peers': (input) => peersOf(store, input),
    'hosts.bytes': raw.bytes,
    'hosts.fields': raw.fields,
    'hosts.keys': raw.keys,
    'fleet.asOf': askAsOf(store, askMoment),
    'posture.read': readPosture(store, nowMs, askMoment),
    ...createPlaceAnswers(store, askMoment, nowMs),
    'ledger.list': ledgerList(store.ledger),
    ...createItemLists(store.assessments),
    'overview.read': ({ maxAgeMs }) => {
      const { rows, total } = store.findings.list({ openOnly: true }, 'newest', 0, NEWEST_FINDINGS, nowMs());
      return {
        nowMs: nowMs(),
        ...store.fleet.summary(),
        trend: store.fleet.trend(TREND_POINTS),
        freshness: store.fleet.freshness(nowMs(), maxAgeMs),
        findings: rows,
        openFindings: total,
        findingCounts: store.findings.counts(nowMs()),
      };
    },
  };
};
