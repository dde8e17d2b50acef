import { count, plural } from '../../../shared/model/words.ts';
import type { ExportHead } from '../export-head.ts';
import type { HostCounts } from '../posture-count.ts';

/** Moments on paper are UTC, to the minute. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
export const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const UNITS = [
  [86_400_000, 'day', 'days'],
  [3_600_000, 'hour', 'hours'],
  [60_000, 'minute', 'minutes'],
] as const;
/** `3 days`; under a minute is said as that. */
export const span = (ms: number): string => {
  for (const [size, one, many] of UNITS) if (ms >= size) return plural(Math.round(ms / size), one, many);
  return 'less than a minute';
};
export const age = (atMs: number | null, nowMs: number): string => (atMs === null ? 'never' : `${span(Math.max(0, nowMs - atMs))} ago`);

/** The question of the whole product, answered. */
export const answer = ({ hosts, verdicts }: HostCounts): string => {
  if (hosts === 0) return 'There is no host here to judge.';
  const { trusted, failed, stale, inconclusive } = verdicts;
  if (trusted === hosts)
    return hosts === 1 ? 'The one host is true to its hardware root.' : `All ${count(hosts)} hosts are true to their hardware root.`;
  const rest = [
    ...(failed === 0 ? [] : [`${count(failed)} ${failed === 1 ? 'is' : 'are'} not`]),
    ...(inconclusive === 0 ? [] : [`${count(inconclusive)} cannot be judged`]),
    ...(stale === 0 ? [] : [`${count(stale)} ${stale === 1 ? 'is' : 'are'} stale`]),
  ];
  const said = rest.length < 2 ? rest.join('') : `${rest.slice(0, -1).join(', ')} and ${rest.at(-1) ?? ''}`;
  return `${count(trusted)} of ${count(hosts)} hosts ${trusted === 1 ? 'is' : 'are'} true to their hardware root; ${said}.`;
};

export const scope = ({ query, count: hosts, sample }: ExportHead): string => {
  if (sample !== undefined) {
    const of = query === '' ? 'of the data folder' : `of the query ${query}`;
    return `A sample of ${count(hosts)} of the ${plural(sample.population, 'host', 'hosts')} ${of}`;
  }
  return query === ''
    ? `All ${plural(hosts, 'host', 'hosts')} of the data folder`
    : `${plural(hosts, 'host', 'hosts')} of the query ${query}`;
};

const sampled = ({ sample, count: hosts }: ExportHead): string =>
  sample === undefined ? '' : ` · sample of ${count(hosts)} of ${count(sample.population)}, seed ${sample.seed}`;

const shortRoot = (root: string): string => (root.length > 20 ? `${root.slice(0, 8)}…${root.slice(-8)}` : root);

export const checkpoint = ({ checkpoint: signed, entries }: ExportHead): string =>
  signed === null
    ? 'Checkpoint: nothing is signed yet'
    : `Checkpoint: ${count(signed.size)} of ${plural(entries, 'entry', 'entries')} signed, root ${shortRoot(signed.root)}`;

export const foot = (head: ExportHead): readonly [string, string] => [
  `Scope: hosts · query: ${head.query === '' ? 'all' : head.query}${sampled(head)}`,
  `Cut-off ${moment(head.cutOffMs)} · ${checkpoint(head)}`,
];
export const demo = (head: ExportHead): string | null => (head.demo === null ? null : 'DEMO DATA: simulated hosts');

/** The same for the same question and data. */
export const identity = (kind: string, head: ExportHead): string => JSON.stringify([kind, head]);
