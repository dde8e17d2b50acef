import type { HostLocation } from '../../../shared/contract/finding-schemas.ts';
import type { HostRow, HostSpan } from '../../../shared/contract/schemas.ts';
import { ASSURANCE_MEANING, ASSURANCE_WORD, count, countryName, plural, REPORTED_WORD, VERDICT_WORD } from '../../../shared/model/words.ts';
import type { Check } from '../../../shared/model/check.ts';
import type { KeptWords } from '../host-words.ts';
import type { Flow } from './blocks.ts';
import type { MarkKind } from './marks.ts';
import type { Tag } from './paper.ts';
import { moment } from './say.ts';
import { beginTable, marked, words as cell } from './table.ts';
import { TYPE } from './type.ts';

const when = (ms: number | null): string => (ms === null ? 'not known' : moment(ms));
const orUnknown = (text: string | number | null): string => (text === null ? 'not known' : String(text));

/** The host as its endpoint names it, the keys it is known by, and its four clocks. */
export const writeIdentity = (flow: Flow, parent: Tag, row: HostRow, words: KeptWords | null): void => {
  flow.pairs(parent, [
    ['Name', row.name],
    ['Id', row.id],
    ['Endpoint', row.endpoint],
    ['Class', orUnknown(row.hostClass)],
    ['Simulated', row.demo ? 'yes: demo data' : 'no'],
    ['Last seen', when(row.lastSeenAtMs)],
    ...(words === null
      ? []
      : ([
          ['Address', orUnknown(words.identity.address)],
          ['Attestation key (name)', orUnknown(words.identity.akName)],
          ['Pinned since', when(words.identity.akPinnedAtMs)],
          ['Endorsement key (SHA-256)', orUnknown(words.identity.ekSha256)],
          ['Signature scheme', orUnknown(words.identity.signatureScheme)],
          ['Booted, at the latest', when(words.clocks.bootedAtMs)],
          ['Quoted with our nonce', when(words.clocks.quotedAtMs)],
          ['Last evidence received', when(words.clocks.receivedAtMs)],
          ['Resets, restarts', `${orUnknown(words.clocks.resetCount)}, ${orUnknown(words.clocks.restartCount)}`],
          ['Class of the manifest', `${words.policyClass.name ?? 'its defaults'}. ${words.policyClass.why}`],
          ['Links held against a reference', `${words.coverage.covered} of ${words.coverage.required} that are required`],
        ] as const)),
  ]);
};

export const writeLocations = (
  flow: Flow,
  parent: Tag,
  { location }: HostRow,
  words: KeptWords | null,
  { total, rows }: { readonly total: number; readonly rows: readonly HostLocation[] },
): void => {
  const place = [countryName(location.country), location.subdivision, location.site].filter((one) => one !== null).join(', ');
  flow.paragraph(parent, `${place}: ${ASSURANCE_WORD[location.assurance]}. ${ASSURANCE_MEANING[location.assurance]}`);
  if (words !== null && words.locationSource.contradiction !== null)
    flow.paragraph(parent, `What speaks against it: ${words.locationSource.contradiction}`);
  if (rows.length < 2) return;
  if (total > rows.length) flow.paragraph(parent, `The newest ${count(rows.length)} of ${plural(total, 'change', 'changes')}.`);
  const table = beginTable(flow, parent, [
    { title: 'From', width: 110 },
    { title: 'Place', width: 180 },
    { title: 'How well it is known', width: 100 },
    { title: 'On whose word', width: 121 },
  ]);
  for (const { fromMs, country, subdivision, site, assurance, source } of rows)
    table.row([
      cell(moment(fromMs)),
      cell([countryName(country), subdivision, site].filter((one) => one !== null).join(', ')),
      cell(assurance),
      cell(source ?? 'nobody'),
    ]);
  table.end();
};

const OUTCOME: Readonly<Record<Check['outcome'], readonly [MarkKind, string]>> = {
  pass: ['trusted', 'Passed'],
  fail: ['failed', 'Failed'],
  notice: ['unknown', 'Notice'],
  'not-evaluated': ['inconclusive', 'Not evaluated'],
};

/** Each check of the evidence; what was not evaluated is in the same size as what was. */
export const writeChecks = (flow: Flow, parent: Tag, { checks }: KeptWords): void => {
  if (checks.length === 0) return flow.paragraph(parent, 'There is no fresh evidence, so nothing was checked.');
  const table = beginTable(flow, parent, [
    { title: 'Outcome', width: 92 },
    { title: 'What was checked', width: 289 },
    { title: 'Code', width: 130 },
  ]);
  for (const { code, outcome, message } of checks) table.row([marked(...OUTCOME[outcome]), cell(message, 4), cell(code, 2, TYPE.mono)]);
  table.end();
};

/** A register: its value as quoted, and whether the logs lead to it. */
export const writePcrs = (flow: Flow, parent: Tag, { pcrs, events, ima }: KeptWords): void => {
  flow.paragraph(
    parent,
    `${plural(events, 'event', 'events')} of the boot and ${plural(ima, 'measurement', 'measurements')} of files were replayed.`,
  );
  if (pcrs.length === 0) return flow.paragraph(parent, 'No value of a register is kept.');
  const table = beginTable(flow, parent, [
    { title: 'Register', width: 62 },
    { title: 'Value', width: 240 },
    { title: 'Proven by', width: 100 },
    { title: 'What it holds', width: 109 },
  ]);
  for (const { bank, index, value, quoted, replayed, meaning } of pcrs)
    table.row([
      cell(`${bank} ${index}`, 1, TYPE.smallBold),
      cell(value, 3, TYPE.mono),
      cell(
        `${quoted ? 'the quote' : 'nothing: a claim'}; ${replayed === null ? 'no log extends it' : replayed === value ? 'the log replays to it' : 'the log replays to another value'}`,
        3,
      ),
      cell(meaning, 3),
    ]);
  table.end();
};

export const writeReferences = (flow: Flow, parent: Tag, { references }: KeptWords): void => {
  if (references.length === 0) return flow.paragraph(parent, 'There was no reference to hold it against.');
  flow.pairs(
    parent,
    references.map(({ kind, provenance, sha256, obtainedAtMs }) => [
      kind === 'measured-boot' ? 'Measured boot' : 'Runtime',
      `${provenance}, obtained ${moment(obtainedAtMs)}, SHA-256 ${sha256}`,
    ]),
  );
};

export const writeWorkloads = (flow: Flow, parent: Tag, { workloads }: KeptWords): void => {
  if (workloads.length === 0) return flow.paragraph(parent, 'No workload was seen, or none is measured.');
  const table = beginTable(flow, parent, [
    { title: 'Workload', width: 130 },
    { title: 'Image', width: 170 },
    { title: 'Allowed', width: 90 },
    { title: 'Why', width: 121 },
  ]);
  for (const { name, image, ruled, allowed, reason } of workloads)
    table.row([
      cell(name),
      cell(image ?? 'not known', 3),
      allowed === null || !ruled
        ? marked('inconclusive', 'Not evaluated')
        : marked(allowed ? 'trusted' : 'failed', allowed ? 'Allowed' : 'Not allowed'),
      cell(reason, 3),
    ]);
  table.end();
};

/** What it was shown as, and how often that was confirmed. */
export const writeHistory = (flow: Flow, parent: Tag, spans: readonly HostSpan[]): void => {
  if (spans.length === 0) return flow.paragraph(parent, 'No history is kept of it.');
  const table = beginTable(flow, parent, [
    { title: 'From, and last confirmed', width: 120 },
    { title: 'Verdict', width: 86 },
    { title: 'Endpoint said', width: 80 },
    { title: 'Confirmed', width: 60 },
    { title: 'Why', width: 165 },
  ]);
  for (const { fromMs, toMs, verdict, reported, reason, confirmations } of spans)
    table.row([
      cell([
        [moment(fromMs), TYPE.small],
        [moment(toMs), TYPE.smallQuiet],
      ]),
      marked(verdict, VERDICT_WORD[verdict]),
      marked(reported, REPORTED_WORD[reported]),
      cell(plural(confirmations, 'time', 'times'), 1),
      cell(reason, 3),
    ]);
  table.end();
};
