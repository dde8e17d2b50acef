import type { Finding } from '../../../shared/contract/finding-schemas.ts';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { count, VERDICT_MEANING, VERDICT_WORD } from '../../../shared/model/words.ts';
import { type KeptWords, linksOf, readHostWords } from '../host-words.ts';
import type { ExportSource, Format } from '../port.ts';
import { attachProven, carriedWords } from './attach-proven.ts';
import { createFlow, type Flow } from './blocks.ts';
import { chainBlock } from './chain-block.ts';
import { writeChecks, writeHistory, writeIdentity, writeLocations, writePcrs, writeReferences, writeWorkloads } from './dossier-parts.ts';
import { createPaper, type Tag } from './paper.ts';
import { LIMITS, writeChecking, writeFindings, writeHead } from './parts.ts';
import { demo, foot, identity, moment } from './say.ts';
import { TYPE } from './type.ts';

const MOST_FINDINGS = 100;
const MOST_SPANS = 100;
const MOST_PLACES = 50;

const onlyHost = ({ rows }: ExportSource): HostRow => {
  if (rows.of !== 'hosts') throw new Error('a dossier is written of a host');
  // To the end, so that the rows are counted.
  const [row, ...others] = [...rows.each];
  if (row === undefined || others.length > 0) throw new Error('a dossier is written of one host');
  return row;
};

const factsOf = ({ store, head }: ExportSource, row: HostRow) => {
  const { hosts, findings } = store.readers;
  return {
    row,
    words: readHostWords(store, row.id),
    history: hosts.history(row.id, MOST_SPANS),
    locations: hosts.locations(row.id, 0, MOST_PLACES),
    findings: findings.list({ hostId: row.id }, 'newest', 0, MOST_FINDINGS, head.cutOffMs),
  };
};

const writeOpening = (flow: Flow, row: HostRow, words: KeptWords | null): void => {
  const { paper } = flow;
  const part = paper.open(paper.root, 'Sect');
  flow.heading(part, 1, words?.sentence ?? `${row.name}: ${VERDICT_WORD[row.verdict]}. ${row.reason}`, null);
  flow.paragraph(part, `${VERDICT_WORD[row.verdict]} since ${moment(row.changedAtMs)}. ${VERDICT_MEANING[row.verdict]}`);
  if (row.verdict !== 'trusted') flow.paragraph(part, row.reason);
  if (words === null) flow.paragraph(part, 'What was kept of this host was written in another form, so only its row is told here.');
  else {
    flow.paragraph(part, `${words.verifiedSentence} ${words.reportedSentence}`);
    if (words.disagreementSentence !== null) flow.paragraph(part, words.disagreementSentence);
    if (words.nextStep !== null) flow.paragraph(part, `What to do next: ${words.nextStep}`);
  }
  part.end();
};

const writeLife = (flow: Flow, part: Tag, { store }: ExportSource, findings: readonly Finding[], total: number): void => {
  if (findings.length === 0) return flow.paragraph(part, 'Nothing was ever found on this host.');
  if (total > findings.length) flow.paragraph(part, `The newest ${count(findings.length)} of ${count(total)}.`);
  writeFindings(flow, part, findings);
  for (const { id, title } of findings.slice(0, 20)) {
    const said = [
      ...store.readers.findings.notes(id, 50).map((note) => ({ ...note, text: `${note.who} noted: ${note.text}` })),
      ...store.readers.findings.journal(id, 50).map((step) => ({ ...step, text: `${step.who}: ${step.detail}` })),
    ].toSorted((a, b) => a.atMs - b.atMs);
    if (said.length === 0) continue;
    flow.heading(part, 3, title, null);
    for (const { atMs, text } of said) flow.paragraph(part, `${moment(atMs)} · ${text.replaceAll('\n', ' ')}`, TYPE.quiet);
  }
};

/** Everything that is known of one host, and from where. */
export const pdfDossier: Format = {
  id: 'pdf-dossier',
  refusal: ({ count: hosts }) =>
    hosts === 1
      ? null
      : {
          code: 'export-format',
          message: `A dossier is of exactly one host, and the query has ${count(hosts)}.`,
          nextStep: 'Name the host in the query, such as name = ber1-web-1 or id = "dc/1".',
        },
  write: async (source, sink) => {
    const { head, store } = source;
    const row = onlyHost(source);
    const facts = factsOf(source, row);
    const { words } = facts;
    const paper = createPaper(
      {
        title: 'Host dossier',
        subject: 'One host, and everything that is known of it',
        version: head.version,
        identity: identity('dossier', head),
        atMs: head.cutOffMs,
        foot: foot(head),
        demo: demo(head),
        organisation: source.organisation,
      },
      sink,
    );
    const attached = Buffer.from(`${JSON.stringify({ v: 1, report: 'dossier', head, host: facts })}\n`, 'utf8');
    const about = 'Everything that this dossier says, for programs';
    const proven = await attachProven(paper, source, 'dossier', {
      name: 'evidence.json',
      bytes: attached,
      type: 'application/json',
      about,
    });
    paper.page();
    const flow = createFlow(paper);
    const section = (title: string, write: (part: Tag) => void): void => {
      const part = paper.open(paper.root, 'Sect');
      flow.heading(part, 2, title);
      write(part);
      part.end();
    };
    writeOpening(flow, row, words);
    section('The chain of trust', (part) => chainBlock(flow, linksOf(row, words)).write(part));
    section('Who it is', (part) => writeIdentity(flow, part, row, words));
    section('Where it is said to be', (part) => writeLocations(flow, part, row, words, facts.locations));
    if (words !== null) {
      section('Every check', (part) => writeChecks(flow, part, words));
      section('Registers of the TPM', (part) => writePcrs(flow, part, words));
      section('What it was held against', (part) => writeReferences(flow, part, words));
      section('Workloads', (part) => writeWorkloads(flow, part, words));
    }
    section('History', (part) => writeHistory(flow, part, facts.history));
    section('Findings and their life', (part) => writeLife(flow, part, source, facts.findings.rows, facts.findings.total));
    section('What this method cannot show', (part) => flow.list(part, LIMITS));
    section('Scope', (part) => writeHead(flow, part, head));
    section('The ledger, and how to check this dossier', (part) =>
      writeChecking(flow, part, head, { facts: store.facts(head.cutOffMs) }, 'evidence.json', carriedWords(proven)),
    );
    paper.end();
  },
};
