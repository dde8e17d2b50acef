import { z } from 'zod';
import type { Handlers } from '../../shared/contract/contract.ts';
import { targetPercent } from '../../shared/contract/posture-schemas.ts';
import type { Readers } from '../store/readers.ts';
import type { Store } from '../store/store.ts';
import type { AskMoment } from './ask-as-of.ts';
import { withSentence } from './findings/lists.ts';
import { type Who } from '../ledger/entry.ts';
import type { ReadInput, ReadOutput } from './readers/messages.ts';

const DAY_MS = 86_400_000;
const TREND_POINTS = 240;
/** As many as a page shows. */
const FIRST = 200;
const CAUSES = 6;
const WAIVER_DAYS = 30;
const WAIVERS = 50;
const targetName = 'posture-target';

/** How the fleet stands against how it stood. Moments of the past are asked one after the other. */
export const readPosture =
  (store: Readers, nowMs: () => number, ask: AskMoment) =>
  ({ days }: ReadInput<'posture.read'>): Promise<ReadOutput<'posture.read'>> => {
    const atMs = nowMs();
    const sinceMs = atMs - days * DAY_MS;
    return ask(sinceMs, ({ fleet }) => {
      const before = fleet.tally();
      const { tally, links } = store.fleet.summary();
      const causes = store.findings.clusters({ minFindings: 1, kind: null }, 0, CAUSES, atMs);
      const waivers = store.findings.list({ states: ['waived'], waiverEndsWithinDays: WAIVER_DAYS }, 'newest', 0, WAIVERS, atMs);
      return {
        nowMs: atMs,
        sinceMs,
        beganAtMs: store.posture.beganAtMs(),
        tally,
        before: before.inventory === 0 ? null : before,
        changes: store.posture.changes(FIRST),
        trend: store.fleet.trend(TREND_POINTS, sinceMs),
        links,
        causes: { total: causes.total, rows: causes.rows.map(withSentence) },
        waivers: { total: waivers.total, rows: waivers.rows.toSorted((a, b) => (a.waiver?.untilMs ?? 0) - (b.waiver?.untilMs ?? 0)) },
        detect: store.posture.detect(sinceMs, atMs),
        resolve: store.posture.resolve(sinceMs, atMs),
      };
    });
  };

export const readTarget = (store: Pick<Store, 'settings'>): number | null => store.settings.read(targetName, targetPercent.nullable());

/** What is aimed at is set by a person, with a reason, and entered. */
export const createTarget = (store: Pick<Store, 'settings'>, who: Who): Pick<Handlers, 'posture.setTarget'> => ({
  'posture.setTarget': ({ percent, reason }) => {
    const before = readTarget(store);
    const words = percent === null ? 'No target is set any more.' : `The target is ${percent} % of hosts trusted.`;
    const body = { before, after: percent, detail: `${reason} ${words}` };
    store.settings.change(targetName, z.number().nullable().parse(percent), {
      who,
      kind: 'settings.changed',
      subject: 'posture target',
      body,
    });
    return {};
  },
});
