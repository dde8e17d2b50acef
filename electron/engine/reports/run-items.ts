import { type EvidenceState, type ItemKind, type ReportItem, type ReportItems } from '../../../shared/contract/assessment-schemas.ts';
import type { Handlers } from '../../../shared/contract/contract.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { AssessmentReader, Judged, RunToJudge } from '../../store/assessment-store.ts';
import { unpackStood } from '../exports/standing.ts';

export type RunItems = {
  readonly run: RunToJudge & { readonly sha256: string };
  /** In the order of the file: hosts, then controls. */
  readonly items: readonly Judged[];
};

const keyOf = ({ kind, id }: { readonly kind: ItemKind; readonly id: string }): string => `${kind} ${id}`;

/** The items of the last run of a report; null where there is none that can be judged. That of one run is kept, because its pages are asked one by one. */
export const createRunItems = ({ run: runOf }: Pick<AssessmentReader, 'run'>): ((report: number) => RunItems | null) => {
  let kept: (RunItems & { readonly report: number }) | null = null;
  return (report) => {
    const run = runOf(report);
    if (run === null || run.sha256 === null || run.rows === null) return null;
    if (kept !== null && kept.report === report && kept.run.entry === run.entry) return kept;
    const stood = unpackStood(run.rows);
    if (stood === null) return null;
    const hosts = [...stood].map(
      ([id, { name, verdict }]): Judged => ({ kind: 'host', id, name: visibleText(name, 200), standing: verdict }),
    );
    const controls = run.controls.map(([id, title, standing]): Judged => ({ kind: 'control', id, name: title, standing }));
    kept = { report, run: { ...run, sha256: run.sha256 }, items: [...hosts, ...controls] };
    return kept;
  };
};

const countStates = (items: readonly { readonly state: EvidenceState }[]): ReportItems['counts'] => {
  const counts = { ready: 0, approved: 0, flagged: 0, 'not-applicable': 0 };
  for (const { state } of items) counts[state] += 1;
  return counts;
};

/** What was said of the last run of a report, item by item, and what was said of each before. Only reads. */
export const createItemLists = (assessments: AssessmentReader): Pick<Handlers, 'reports.items' | 'reports.itemHistory'> => {
  const itemsOf = createRunItems(assessments);
  return {
    'reports.items': ({ id, kind, state, text, offset, limit }) => {
      const found = itemsOf(id);
      if (found === null) return null;
      const { run, items } = found;
      const now = new Map(assessments.ofRun(id, run.entry).map((said) => [keyOf(said), said]));
      const before = new Map(assessments.before(id, run.entry).map((said) => [keyOf(said), said]));
      const ofKind = items
        .filter((item) => item.kind === kind)
        .map((item) => ({ ...item, said: now.get(keyOf(item)) ?? null }))
        .map((item) => ({ ...item, state: item.said?.state ?? ('ready' as const) }));
      const wanted = text?.trim().toLowerCase() ?? '';
      const rows = ofKind.filter(
        (item) =>
          (state === undefined || item.state === state) &&
          (wanted === '' || item.name.toLowerCase().includes(wanted) || item.id.toLowerCase().includes(wanted)),
      );
      return {
        run: { entry: run.entry, cutOffMs: run.cutOffMs, sha256: run.sha256 },
        counts: countStates(ofKind),
        kinds: { host: items.length - run.controls.length, control: run.controls.length },
        total: rows.length,
        rows: rows.slice(offset, offset + limit).map((item): ReportItem => ({ ...item, former: before.get(keyOf(item)) ?? null })),
      };
    },
    'reports.itemHistory': ({ id, item, offset, limit }) => assessments.history(id, item.kind, item.id, offset, limit),
  };
};
