import type { Finding } from '../../../shared/contract/finding-schemas.ts';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { ASSURANCE_WORD, countryName, plural, REPORTED_WORD, VERDICT_WORD } from '../../../shared/model/words.ts';
import type { Support } from '../controls/mapping.ts';
import { type ExportHead, headLines } from '../export-head.ts';
import type { Posture } from '../posture.ts';
import type { Flow } from './blocks.ts';
import { INK } from './ink.ts';
import type { Tag } from './paper.ts';
import { age, day, moment } from './say.ts';
import { beginTable, chained, type Column, type MakeCell, marked, words } from './table.ts';
import { bold, inked, TYPE } from './type.ts';

/** What was asked and of which moment, on the first page. The signed note stands where it is checked. */
export const writeHead = (flow: Flow, parent: Tag, head: ExportHead): void =>
  flow.pairs(
    parent,
    headLines(head).filter(([label]) => !label.startsWith('signed note')),
  );

export const METHOD: readonly string[] = [
  'For each host Plumbline asks an endpoint for a quote over a nonce of its own, and verifies itself what comes back: the signature of the TPM, the nonce, the counters, and that event log and measurement list replay to the quoted registers.',
  'What was measured is held against reference values, link by link from the hardware up. Where a link breaks, what was measured after it can no longer be believed, and is not called trusted.',
  'The verdict of the endpoint stands beside ours. Where both are definite and differ, that is a finding of its own.',
  'Trusted means: every link that the manifest asks for was verified, with evidence that is fresh enough. What could not be evaluated is inconclusive, and never counts as passed.',
];
export const LIMITS: readonly string[] = [
  'A quote says what was measured when a host booted and ran. It does not say that what was measured has no flaw, and it does not see what is never measured.',
  'A location is a claim of whoever is named with it. A tag that the TPM certifies proves the tag, not the place.',
  'Reference values are as good as whoever approved them. Values that an endpoint gives itself are said to be that.',
  'This report shows one moment. Evidence supports a control or speaks against it; whether a control is met is an assessor’s to say.',
];

const HOST_COLUMNS: readonly Column[] = [
  { title: 'Host', width: 116 },
  { title: 'Verdict, evidence', width: 76 },
  { title: 'Chain', width: 88 },
  { title: 'Endpoint says', width: 68 },
  { title: 'Place', width: 66 },
  { title: 'Why', width: 105 },
];
const plain = (text: string): MakeCell => words(text, 2);

/** Every host of the question, a row each. */
export const writeHosts = (flow: Flow, parent: Tag, rows: Iterable<HostRow>, head: ExportHead, goOn: () => void): void => {
  const table = beginTable(flow, parent, HOST_COLUMNS);
  let at = 0;
  for (const row of rows) {
    if (at % 64 === 0) goOn();
    at += 1;
    const { country, site, assurance } = row.location;
    table.row([
      words(
        [
          [row.name, TYPE.smallBold],
          [`${row.endpoint}${row.demo ? ', simulated' : ''}`, TYPE.smallQuiet],
        ],
        1,
      ),
      marked(row.verdict, VERDICT_WORD[row.verdict], age(row.evidenceAtMs, head.cutOffMs)),
      chained(row.chain),
      marked(row.reported, REPORTED_WORD[row.reported], row.disagreement ? 'differs' : ''),
      words(
        [
          [site === null ? countryName(country) : `${country ?? 'Unknown'}, ${site}`, TYPE.small],
          [ASSURANCE_WORD[assurance], TYPE.smallQuiet],
        ],
        1,
      ),
      row.verdict === 'trusted' ? plain('') : words(row.reason, 3),
    ]);
  }
  table.end();
};

const FINDING_COLUMNS: readonly Column[] = [
  { title: 'Finding', width: 205 },
  { title: 'Host', width: 94 },
  { title: 'Since', width: 70 },
  { title: 'State, and who said so', width: 142 },
];
const stateWords = ({ state, acknowledged, waiver, assigned, resolvedAtMs }: Finding): string =>
  [
    state === 'resolved' ? `resolved ${day(resolvedAtMs ?? 0)}` : state,
    ...(acknowledged === null ? [] : [`acknowledged by ${acknowledged.by} on ${day(acknowledged.atMs)}`]),
    ...(waiver === null ? [] : [`waived by ${waiver.by} until ${day(waiver.untilMs)}: ${waiver.reason}`]),
    ...(assigned === null ? [] : [`assigned to ${assigned}`]),
  ].join('; ');
const SEVERITY_INK = { critical: INK.failed, warning: INK.stale, info: INK.text3 } as const;

/** Findings with what became of them. */
export const writeFindings = (flow: Flow, parent: Tag, findings: readonly Finding[]): void => {
  const table = beginTable(flow, parent, FINDING_COLUMNS);
  for (const finding of findings)
    table.row([
      words(
        [
          [`${finding.severity}: ${finding.title}`, inked(TYPE.smallBold, SEVERITY_INK[finding.severity])],
          [finding.detail, TYPE.smallQuiet],
        ],
        3,
      ),
      words(finding.hostName ?? finding.hostId ?? 'no single host', 2),
      words(moment(finding.openedAtMs), 2),
      words(stateWords(finding), 4),
    ]);
  table.end();
};

const supportWords = (supports: readonly Support[]): string =>
  supports
    .map(({ framework, control, strength, read }) => `${framework} ${control} (${strength}${read ? '' : ', wording not at hand'})`)
    .join(' · ');

/** Evidence with the controls that it supports, as live data have it. */
export const writeControls = (flow: Flow, parent: Tag, { coverage }: Posture): void => {
  flow.paragraph(
    parent,
    'Each row is a piece of evidence, what live data say of it, and the controls that it supports. It supports them; it does not say that they are met.',
  );
  const table = beginTable(flow, parent, [
    { title: 'Evidence, and its limit', width: 205 },
    { title: 'What live data say', width: 126 },
    { title: 'Controls that it supports', width: 180 },
  ]);
  for (const { title, limit, sentence, supports, evidenced } of coverage)
    table.row([
      words(
        [
          [title, TYPE.smallBold],
          [`Limit: ${limit}`, TYPE.smallQuiet],
        ],
        5,
      ),
      words(
        [
          [evidenced ? 'There is evidence' : 'No evidence', evidenced ? bold(TYPE.small) : inked(TYPE.smallBold, INK.inconclusive)],
          [sentence, TYPE.small],
        ],
        4,
      ),
      words(supportWords(supports), 8),
    ]);
  table.end();
};

/** What this file rests on, and how anybody can check it without this program having to be believed. */
export const writeChecking = (
  flow: Flow,
  parent: Tag,
  head: ExportHead,
  posture: Pick<Posture, 'facts'>,
  attached: string,
  carried: readonly string[] = [],
): void => {
  const { checkpoint } = head;
  const { anchors } = posture.facts;
  if (checkpoint === null)
    flow.paragraph(parent, 'Nothing of the ledger is signed yet: this report rests on what the data folder holds, and on no signature.');
  else {
    flow.paragraph(
      parent,
      `Every decision and every piece of evidence is an entry of a ledger that only grows. Its newest signed state at the cut-off covers ${checkpoint.size} of ${plural(head.entries, 'entry', 'entries')}; ${anchors.holding === 0 ? 'no state of it was put outside' : `${plural(anchors.holding, 'state', 'states')} of it were put outside, the newest over ${plural(anchors.newestSize, 'entry', 'entries')}`}.`,
    );
    flow.heading(parent, 3, 'Signed note of the checkpoint (C2SP tlog-checkpoint)', null);
    for (const line of checkpoint.note.split('\n').filter((one) => one !== '')) flow.paragraph(parent, line, { ...TYPE.mono, size: 7.5 });
  }
  flow.heading(parent, 3, 'To check it', null);
  flow.list(parent, [
    'Is this the file that was exported? Compare sha256sum FILE with the entry export.made of the ledger, and prove that entry: plumbline audit proof --entry N.',
    'Is the ledger whole and unchanged? plumbline audit verify --data DIR reads every entry, every signature and every piece of evidence anew. The verifier key is to be kept elsewhere.',
    `Are the numbers those of the data? The file carries ${attached} (pdfdetach -list FILE); the same query at the same cut-off gives the same.`,
    'Does it hold by itself? plumbline audit verify FILE --key KEY checks, without this data folder and without a network, all that is attached to this file against the key of the ledger. It cannot read the pages: they are held by the digest of the file, and by a signature of the organisation where there is one (pdfsig FILE).',
    ...carried,
    'Does the evidence show what is said? plumbline verify evidence checks quotes and logs of a host without this data folder.',
  ]);
};
