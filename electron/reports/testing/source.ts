import type { SaidItem } from '../../../shared/contract/assessment-schemas.ts';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import type { ExportStore } from '../../store/export-store.ts';
import { builtInMapping } from '../controls/mapping.ts';
import type { ReportFacts } from '../../store/report-facts.ts';
import type { ExportHead } from '../export-head.ts';
import type { Format, Rows } from '../port.ts';

const AT = 1_800_000_000_000;

export const headOf = (over: Partial<ExportHead> = {}): ExportHead => ({
  product: 'Plumbline',
  version: '1.2.3',
  rows: 'hosts',
  count: 1,
  query: 'verdict = failed',
  sort: 'verdict',
  period: null,
  cutOffMs: AT,
  checkpoint: null,
  entries: 3,
  demo: null,
  notRecorded: [],
  who: { kind: 'os-user', name: 'ann' },
  ...over,
});

export const hostRow = (over: Partial<HostRow> = {}): HostRow => ({
  id: 'dc/1',
  name: 'ber1-web-1',
  endpoint: 'dc',
  hostClass: 'rack server',
  verdict: 'trusted',
  reported: 'trusted',
  disagreement: false,
  brokenLink: null,
  reason: 'Every link is true.',
  chain: ['trusted', 'trusted', 'trusted', 'trusted', 'trusted', 'trusted', 'not-required', 'not-required', 'not-required'],
  location: { country: 'DE', subdivision: null, site: 'ber1', assurance: 'reported' },
  evidenceAtMs: AT,
  changedAtMs: AT,
  lastSeenAtMs: AT,
  demo: false,
  ...over,
});

/** What a format looks into that writes more than rows. */
const noStore: ExportStore = new Proxy(Object.create(null), {
  get: () => {
    throw new Error('this format needs no more than its rows');
  },
});

/** What a format writes, as text. */
export const written = async (
  format: Format,
  rows: Rows,
  head: ExportHead = headOf({ rows: rows.of }),
  store: ExportStore = noStore,
  said: readonly SaidItem[] = [],
): Promise<string> => {
  let out = '';
  const sink = { write: (part: string | Uint8Array) => void (out += typeof part === 'string' ? part : Buffer.from(part).toString('utf8')) };
  await format.write(
    {
      head,
      rows,
      again: () => rows,
      controls: builtInMapping(),
      store,
      said,
      goOn: () => {},
      resources: () => '',
      allowed: null,
      organisation: null,
      issuers: { roots: [], issuers: [] },
    },
    sink,
  );
  return out;
};

export const reportFacts = (over: Partial<ReportFacts> = {}): ReportFacts => ({
  entries: 3,
  signedEntries: 2,
  anchors: { holding: 1, newestSize: 2 },
  alerts: { places: 0, sent: 0, failing: 0 },
  references: { approved: 1, proposed: 0, bySomebodyElse: 1 },
  retention: { confirmationsDays: 90, quotesDays: 90, evidenceDays: 400, trendDays: 31 },
  findings: { open: 1, acknowledged: 0, waived: 0 },
  manifest: null,
  ...over,
});
