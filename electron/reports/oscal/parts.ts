import type { HostRow } from '../../../shared/contract/schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { LINKS } from '../../../shared/model/verdict.ts';
import type { EvidenceCoverage } from '../controls/coverage.ts';

export const NS = 'urn:plumbline:oscal';
const MAX_TEXT = 2_000;

/** Texts of OSCAL are one line without white space around them, and never empty. What cannot be seen is made visible. */
export const line = (text: string): string => visibleText(text, MAX_TEXT).trim() || '(none)';
export const prop = (name: string, value: string | number, extra: { readonly class?: string; readonly remarks?: string } = {}) => ({
  name,
  ns: NS,
  value: line(String(value)),
  ...extra,
});
export const iso = (ms: number): string => new Date(ms).toISOString();
export type Id = (kind: string, name: string) => string;

/** `SI-7(9)` as the catalogue of NIST names it: `si-7.9`. */
export const controlId = (control: string): string => control.toLowerCase().replaceAll('(', '.').replaceAll(')', '').replaceAll(' ', '');

export const inventoryItem = (id: Id, row: HostRow) => ({
  uuid: id('host', row.id),
  description: line(`Host ${row.name}`),
  props: [
    { name: 'asset-id', value: line(row.id) },
    prop('host-name', row.name),
    prop('endpoint', row.endpoint),
    ...(row.hostClass === null ? [] : [prop('host-class', row.hostClass)]),
    ...(row.demo ? [prop('simulated', 'true', { remarks: 'A simulated host: it proves nothing.' })] : []),
  ],
});

const place = ({ location }: HostRow): string =>
  [location.country, location.subdivision, location.site].filter((one) => one !== null).join(' ') || 'unknown';

/** What was found about one host: our verdict beside the endpoint's, and each link of its chain. */
export const hostObservation = (id: Id, tool: string, row: HostRow, cutOffMs: number) => ({
  uuid: id('observation', `${row.id}\n${cutOffMs}`),
  title: line(`${row.name}: ${row.verdict}`),
  description: line(row.reason),
  props: [
    prop('verdict', row.verdict),
    prop('reported-by-endpoint', row.reported),
    ...(row.disagreement ? [prop('disagreement', 'true', { remarks: 'The endpoint and our own verification disagree.' })] : []),
    ...(row.brokenLink === null ? [] : [prop('broken-link', row.brokenLink)]),
    ...LINKS.map((link, at) =>
      prop('chain-link', row.chain[at] === 'inconclusive' ? 'not evaluated' : (row.chain[at] ?? 'not evaluated'), { class: link }),
    ),
    prop('location', place(row), { class: row.location.assurance }),
    ...(row.evidenceAtMs === null ? [prop('evidence', 'none was ever verified')] : []),
  ],
  methods: ['TEST'],
  ...(row.verdict === 'failed' ? { types: ['finding'] } : {}),
  origins: [{ actors: [{ type: 'tool', 'actor-uuid': tool }] }],
  subjects: [{ 'subject-uuid': id('host', row.id), type: 'inventory-item' }],
  collected: iso(row.evidenceAtMs ?? cutOffMs),
});

/** What all hosts of the export together, or the record, say of one piece of evidence, and which controls that supports. */
export const coverageObservation = (id: Id, tool: string, covered: EvidenceCoverage, cutOffMs: number) => ({
  uuid: id('coverage', `${covered.id}\n${cutOffMs}`),
  title: line(covered.title),
  description: line(`${covered.sentence} Limit: ${covered.limit}`),
  props: [
    prop('evidence', covered.evidenced ? 'there is evidence' : 'no evidence', { class: covered.id }),
    ...(covered.hosts === null
      ? []
      : [
          prop('hosts-that-hold', covered.hosts.holds),
          prop('hosts-that-speak-against-it', covered.hosts.against),
          prop('hosts-not-evaluated', covered.hosts.notEvaluated),
        ]),
    ...covered.supports.map(({ framework, control, title, strength, why, limit, read }) =>
      prop('supports', `${framework} ${control} ${title}`, {
        class: strength,
        remarks: line(
          `${why}${limit === undefined ? '' : ` Limit: ${limit}`}${read ? '' : ' The published wording was not at hand: check it before relying on this row.'}`,
        ),
      }),
    ),
  ],
  methods: ['TEST'],
  origins: [{ actors: [{ type: 'tool', 'actor-uuid': tool }] }],
  collected: iso(cutOffMs),
});

/**
 * Only where evidence speaks against a control. That nothing speaks against it is no finding: whether it is satisfied is for an assessor to say.
 */
export const controlFindings = (id: Id, covered: readonly EvidenceCoverage[], cutOffMs: number) =>
  covered.flatMap((evidence) => {
    const against = evidence.hosts?.against ?? 0;
    if (against === 0) return [];
    return evidence.supports
      .filter(({ framework, strength }) => framework === 'sp800-53r5' && strength !== 'supporting')
      .map(({ control, title }) => ({
        uuid: id('finding', `${control}\n${evidence.id}\n${cutOffMs}`),
        title: line(`Evidence against ${control} ${title} on ${against} ${against === 1 ? 'host' : 'hosts'}`),
        description: line(`${evidence.title}. ${evidence.sentence} Limit: ${evidence.limit}`),
        target: {
          type: 'statement-id',
          'target-id': `${controlId(control)}_smt`,
          status: {
            state: 'not-satisfied',
            reason: 'fail',
            remarks: line('The evidence of this document; the assessor decides on the control.'),
          },
        },
        'related-observations': [{ 'observation-uuid': id('coverage', `${evidence.id}\n${cutOffMs}`) }],
      }));
  });
