import { createHash } from 'node:crypto';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { countCoverage, type EvidenceCoverage } from '../controls/coverage.ts';
import { type ExportHead, headLines } from '../export-head.ts';
import type { ExportSource, Format, Sink } from '../port.ts';
import { createIds } from './ids.ts';
import { saidObservation, sayers } from './said.ts';
import { controlFindings, controlId, coverageObservation, hostObservation, inventoryItem, iso, line, NS, prop } from './parts.ts';

/** The schema of this version, and that of 1.2.2, hold for what is written. */
export const OSCAL_VERSION = '1.1.3';
const json = JSON.stringify;

function* members(each: Iterable<unknown>): Generator<string> {
  let first = true;
  for (const one of each) {
    yield `${first ? '' : ',\n'}${json(one)}`;
    first = false;
  }
}
const writeList = (sink: Sink, name: string, each: Iterable<unknown>): void => {
  sink.write(`,\n${json(name)}:[\n`);
  for (const part of members(each)) sink.write(part);
  sink.write(']');
};

const LIMITS =
  'Plumbline verifies quotes, event logs and measurement lists and holds them against reference values. It says which evidence supports a control and which speaks against one; it never says that a control is satisfied. Hosts and links that were not evaluated are counted as that.';

const opening = (head: ExportHead, id: (kind: string, name: string) => string, said: ExportSource['said']) => ({
  metadata: {
    title: line(`Attestation of ${head.count} ${head.count === 1 ? 'host' : 'hosts'}${head.demo === null ? '' : ' (DEMO DATA)'}`),
    'last-modified': iso(head.cutOffMs),
    version: line(`${head.cutOffMs}`),
    'oscal-version': OSCAL_VERSION,
    props: headLines(head)
      .filter(([, value]) => value.length <= 2_000)
      .map(([label, value]) => prop('export', value, { class: label.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '-') })),
    roles: [{ id: 'assessor', title: 'Automated assessor' }],
    parties: [...new Set([head.who.name, ...sayers(said)])].map((name) => ({ uuid: id('party', name), type: 'person', name: line(name) })),
    'responsible-parties': [{ 'role-id': 'assessor', 'party-uuids': [id('party', head.who.name)] }],
    remarks: LIMITS,
  },
  'import-ap': { href: `#${id('plan', 'none')}` },
});

const backMatter = (head: ExportHead, id: (kind: string, name: string) => string) => ({
  resources: [
    {
      uuid: id('plan', 'none'),
      title: 'No separate assessment plan',
      description: 'Evidence is collected and verified at an interval by a tool; no assessment plan is published with it.',
    },
    ...(head.checkpoint === null
      ? []
      : [
          {
            uuid: id('checkpoint', String(head.checkpoint.size)),
            title: 'Checkpoint of the ledger',
            description:
              'A C2SP tlog-checkpoint over the entries of the ledger. With the public key of the ledger, kept elsewhere, it can be verified.',
            base64: {
              filename: 'checkpoint.txt',
              'media-type': 'text/plain',
              value: Buffer.from(head.checkpoint.note, 'utf8').toString('base64'),
            },
          },
        ]),
  ],
});

/** Host by host, counting coverage in the same pass. */
function* observing(rows: Iterable<HostRow>, add: (row: HostRow) => void, observe: (row: HostRow) => unknown): Generator {
  for (const row of rows) {
    add(row);
    yield observe(row);
  }
}
function* then(first: Iterable<unknown>, second: () => Iterable<unknown>): Generator {
  yield* first;
  yield* second();
}

const write = ({ head, rows, again, store, said, goOn, controls: mapping }: ExportSource, sink: Sink): void => {
  if (rows.of !== 'hosts') throw new Error('OSCAL is written of hosts');
  const id = createIds(head.checkpoint?.origin ?? 'unsigned');
  const tool = id('tool', 'plumbline');
  const { add, result } = countCoverage(mapping);
  let covered: readonly EvidenceCoverage[] = [];
  const documentId = id('document', createHash('sha256').update(json(head)).digest('hex'));
  const { metadata, ...rest } = opening(head, id, said);
  const controls = [
    ...new Set(
      mapping.evidence.flatMap(({ supports }) => supports.filter(({ framework }) => framework === 'sp800-53r5').map((one) => one.control)),
    ),
  ];
  sink.write(
    `{"assessment-results":{"uuid":${json(documentId)},\n"metadata":${json(metadata)},\n"import-ap":${json(rest['import-ap'])},\n"results":[{`,
  );
  sink.write(
    `"uuid":${json(id('result', documentId))},"title":"Trust of hosts","description":${json(LIMITS)},"start":${json(iso(head.cutOffMs))}`,
  );
  sink.write(
    `,\n"props":${json([prop('mapping-of-controls', `${mapping.name} ${mapping.revision}`), { name: 'query', ns: NS, value: line(head.query || 'all') }])}`,
  );
  const selected = {
    description: 'Controls that this evidence supports or speaks against.',
    'include-controls': controls.map((one) => ({ 'control-id': controlId(one) })),
  };
  sink.write(`,\n"reviewed-controls":${json({ 'control-selections': [selected] })}`);
  const hosts = observing(rows.each, add, (row) => hostObservation(id, tool, row, head.cutOffMs));
  writeList(
    sink,
    'observations',
    then(hosts, () => {
      covered = result(store.facts(head.cutOffMs));
      const counted = covered.map((one) => coverageObservation(id, tool, one, head.cutOffMs));
      return [...counted, ...said.map((one) => saidObservation(id, one))];
    }),
  );
  const findings = controlFindings(id, covered, head.cutOffMs);
  if (findings.length > 0) writeList(sink, 'findings', findings);
  const component = {
    uuid: tool,
    type: 'software',
    title: line(`Plumbline ${head.version}`),
    description: 'The tool that collected and verified the evidence.',
    status: { state: 'operational' },
  };
  sink.write(`,\n"local-definitions":{"components":${json([component])}`);
  if (head.count > 0)
    writeList(
      sink,
      'inventory-items',
      eachAgain(again(), goOn, (row) => inventoryItem(id, row)),
    );
  sink.write(`}}],\n"back-matter":${json(backMatter(head, id))}}}\n`);
};

function* eachAgain(rows: ExportSource['rows'], goOn: () => void, to: (row: HostRow) => unknown): Generator {
  if (rows.of !== 'hosts') return;
  let at = 0;
  for (const row of rows.each) {
    if (at % 256 === 0) goOn();
    at += 1;
    yield to(row);
  }
}

/**
 * OSCAL assessment-results (NIST, 1.1.3; valid in 1.2.2 as well): each host an inventory item with one observation, then what all of them say of
 * each piece of evidence with the controls that it supports. A finding only where evidence speaks against a control.
 */
export const oscal: Format = { id: 'oscal', write };
