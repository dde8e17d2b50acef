import type { Finding } from '../../../shared/contract/finding-schemas.ts';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { count, plural, VERDICT_WORD } from '../../../shared/model/words.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { type ExportHead, isWhole } from '../export-head.ts';
import { linksOf, readHostWords } from '../host-words.ts';
import { jsonLines } from '../json-lines.ts';
import type { ExportSource, Format, Rows } from '../port.ts';
import { createPosture, type Posture } from '../posture.ts';
import { attachProven, carriedWords } from './attach-proven.ts';
import { createFlow, type Flow } from './blocks.ts';
import { chainBlock } from './chain-block.ts';
import { drawTallyBar } from './charts.ts';
import { createPaper, PAGE, type Tag, WIDTH } from './paper.ts';
import { LIMITS, METHOD, writeChecking, writeControls, writeFindings, writeHead, writeHosts } from './parts.ts';
import { writeSaid } from './said.ts';
import { writePlaces } from './places.ts';
import { answer, day, demo, foot, identity, scope } from './say.ts';
import { TYPE } from './type.ts';

/** More than this would be thousands of pages that nobody reads. */
const MOST_HOSTS = 50_000;
/** Hosts that are shown link by link; all of them are in the table. */
const MOST_CHAINS = 100;
const MOST_FINDINGS = 500;

function* hostsOf(rows: Rows): Generator<HostRow> {
  if (rows.of !== 'hosts') throw new Error('a report is written of hosts');
  yield* rows.each;
}
type Seen = { readonly troubled: readonly HostRow[]; readonly findings: readonly Finding[]; readonly allFindings: number };
type Counted = Seen & { readonly posture: Posture; readonly lines: Buffer };

/** Findings that hold on hosts of the report, worst first; null = all that hold. */
const findingsOf = ({ store, head, goOn }: ExportSource, ids: ReadonlySet<string> | null): Pick<Seen, 'findings' | 'allFindings'> => {
  const findings: Finding[] = [];
  let allFindings = 0;
  for (const finding of store.readers.all.findings({ openOnly: true }, 'severity', null, head.cutOffMs).rows) {
    if (ids !== null && (finding.hostId === null || !ids.has(finding.hostId))) continue;
    if (allFindings % 256 === 0) goOn();
    allFindings += 1;
    if (findings.length < MOST_FINDINGS) findings.push(finding);
  }
  return { findings, allFindings };
};

/** One way through the rows: what they say together, the rows as JSON Lines, and the first that are not trusted. */
const countAll = async (source: ExportSource): Promise<Counted> => {
  const counting = createPosture(source);
  const whole = isWhole(source.head);
  const troubled: HostRow[] = [];
  const ids = new Set<string>();
  function* counted(): Generator<HostRow> {
    for (const row of hostsOf(source.rows)) {
      counting.add(row);
      if (!whole) ids.add(row.id);
      if ((row.verdict !== 'trusted' || row.disagreement) && troubled.length < MOST_CHAINS) troubled.push(row);
      yield row;
    }
  }
  const parts: Buffer[] = [];
  const sink = { write: (part: string | Uint8Array) => void parts.push(Buffer.from(part)) };
  await jsonLines.write({ ...source, rows: { of: 'hosts', each: counted() } }, sink);
  return { posture: counting.end(), lines: Buffer.concat(parts), troubled, ...findingsOf(source, whole ? null : ids) };
};

const writeOpening = (flow: Flow, head: ExportHead, posture: Posture): void => {
  const { paper } = flow;
  const { counts } = posture;
  const said = VERDICTS.toReversed().map((verdict) => `${VERDICT_WORD[verdict]} ${count(counts.verdicts[verdict])}`);
  const part = paper.open(paper.root, 'Sect');
  flow.heading(part, 1, answer(counts), null);
  flow.paragraph(
    part,
    `${scope(head)}. ${said.join(', ')}. On ${plural(counts.disagreements, 'host', 'hosts')} the endpoint says otherwise.`,
  );
  paper.tag(
    part,
    'Figure',
    () => drawTallyBar(paper, { x: PAGE.left, y: flow.y() + 2, width: WIDTH }, 8, counts.verdicts),
    `Bar of all hosts: ${said.join(', ')}.`,
  );
  flow.down(14);
  paper.bookmark('Scope');
  flow.heading(part, 2, 'Scope', null);
  writeHead(flow, part, head);
  part.end();
};

const inSection = (flow: Flow, title: string, write: (part: Tag) => void): void => {
  const part = flow.paper.open(flow.paper.root, 'Sect');
  flow.heading(part, 2, title);
  write(part);
  part.end();
};

const writeChains = (flow: Flow, { troubled }: Seen, source: ExportSource, all: number): void => {
  // Its first chain stands on the same page.
  flow.need(troubled.length === 0 ? 80 : 380);
  inSection(flow, 'Hosts that are not trusted, link by link', (part) => {
    if (troubled.length === 0) return flow.paragraph(part, 'Every host of this report is trusted, and no endpoint says otherwise.');
    if (all > troubled.length)
      flow.paragraph(
        part,
        `The first ${count(troubled.length)} of ${count(all)}, worst first. The others are in the table above; each has its own dossier on request.`,
      );
    for (const row of troubled) {
      source.goOn();
      const kept = readHostWords(source.store, row.id);
      const one = flow.paper.open(part, 'Sect');
      const chain = chainBlock(flow, linksOf(row, kept), true);
      flow.need(Math.min(chain.height + 90, PAGE.bottom - PAGE.top));
      flow.heading(one, 3, row.name, null);
      flow.paragraph(one, kept?.sentence ?? `${VERDICT_WORD[row.verdict]}: ${row.reason}`, TYPE.body);
      if (kept !== null && kept.disagreementSentence !== null) flow.paragraph(one, kept.disagreementSentence, TYPE.body);
      flow.paragraph(
        one,
        `${row.endpoint} · ${row.hostClass ?? 'no class'} · since ${day(row.changedAtMs)}${row.demo ? ' · simulated' : ''}`,
        TYPE.quiet,
      );
      chain.write(one);
      one.end();
    }
  });
};

/** What an auditor asks: scope, method and its limits, every host, what broke and in which words, findings, controls, and how to check it. */
const detailed = (isInPack: boolean): Format => ({
  id: 'pdf',
  refusal: ({ count: hosts }) =>
    hosts <= MOST_HOSTS
      ? null
      : {
          code: 'export-format',
          message: `A detailed report has at most ${count(MOST_HOSTS)} hosts, and the query has ${count(hosts)}.`,
          nextStep: 'Ask for fewer with a query, or take JSON Lines.',
        },
  write: async (source, sink) => {
    const { head, goOn } = source;
    const all = await countAll(source);
    const { posture } = all;
    const words = { title: 'Attestation report', subject: 'Hosts, their chains of trust, and what the report rests on' };
    const paper = createPaper(
      {
        ...words,
        version: head.version,
        identity: identity('detailed', head),
        atMs: head.cutOffMs,
        foot: foot(head),
        demo: demo(head),
        organisation: source.organisation,
      },
      sink,
    );
    const about = 'Every host of this report, one JSON object a line, the head first';
    const lines = { name: 'hosts.jsonl', bytes: all.lines, type: 'application/jsonl', about } as const;
    const proven = await attachProven(paper, source, 'detailed', lines, isInPack);
    paper.page();
    const flow = createFlow(paper);
    writeOpening(flow, head, posture);
    inSection(flow, 'Method', (part) => flow.list(part, METHOD));
    inSection(flow, 'What this method cannot show', (part) => flow.list(part, LIMITS));
    inSection(flow, 'What is not covered', (part) => flow.list(part, posture.notCovered));
    inSection(flow, 'Where hosts are, and on whose word', (part) => writePlaces(flow, part, source, posture.counts));
    inSection(flow, 'Hosts', (part) => {
      if (head.count === 0) flow.paragraph(part, 'No host answers the query.');
      else writeHosts(flow, part, hostsOf(source.again()), head, goOn);
    });
    const { verdicts, hosts } = posture.counts;
    writeChains(flow, all, source, Math.max(hosts - verdicts.trusted, all.troubled.length));
    inSection(flow, 'Findings that hold, and what became of them', (part) => {
      if (all.findings.length === 0) return flow.paragraph(part, 'No finding holds on a host of this report.');
      if (all.allFindings > all.findings.length)
        flow.paragraph(part, `The first ${count(all.findings.length)} of ${count(all.allFindings)}, worst first.`);
      writeFindings(flow, part, all.findings);
    });
    inSection(flow, 'Evidence and controls', (part) => writeControls(flow, part, posture));
    if (source.said.length > 0) inSection(flow, 'What people said of the runs before', (part) => writeSaid(flow, part, source.said));
    inSection(flow, 'The ledger, and how to check this report', (part) =>
      writeChecking(flow, part, head, posture, 'hosts.jsonl', carriedWords(proven)),
    );
    paper.end();
  },
});

export const pdfDetailed: Format = detailed(false);
/** The same as a file of an evidence pack, which has the evidence beside it. */
export const pdfDetailedInPack: Format = detailed(true);
