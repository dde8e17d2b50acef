import type { ExportPeriod, ExportRows, Sample } from '../../shared/contract/export-schemas.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import type { Who } from '../ledger/entry.ts';
import { parseNote } from '../ledger/note.ts';

/** The newest signed state of the ledger at the cut-off. What was entered after it is in the export, and not covered by the signature. */
export type HeadCheckpoint = {
  /** Name of the ledger. */
  readonly origin: string;
  /** So many entries are covered. */
  readonly size: number;
  /** Root of the tree over them: 32 bytes in base64, as the note has it. */
  readonly root: string;
  /** The whole signed note (C2SP tlog-checkpoint), so that it can be verified with the key of the ledger alone. */
  readonly note: string;
};

/** What is printed on each export, whatever its format. */
export type ExportHead = {
  readonly product: 'Plumbline';
  readonly version: string;
  readonly rows: ExportRows;
  /** So many rows follow. */
  readonly count: number;
  /** The question in its canonical form; empty = all. */
  readonly query: string;
  /** Where the rows are a sample of what the query means. */
  readonly sample?: Sample;
  readonly sort: string;
  readonly period: ExportPeriod | null;
  /** Nothing that was recorded after it is in here, and it is by this time that trust was called fresh or stale. */
  readonly cutOffMs: number;
  /** Null where nothing is signed yet. */
  readonly checkpoint: HeadCheckpoint | null;
  readonly entries: number;
  /** How many hosts of the data folder are simulated; null where none is. */
  readonly demo: { readonly hosts: number } | null;
  /** Endpoints of which something newer could not be recorded at the cut-off; null = whoever made the export could not know. */
  readonly notRecorded: readonly string[] | null;
  readonly who: Who;
};

/** Reads a signed note of our own. Null where there is none, or where it is none: then nothing is said to be signed. */
export const readHeadCheckpoint = (note: string | null): HeadCheckpoint | null => {
  const parsed = note === null ? null : parseNote(note);
  if (note === null || parsed?.ok !== true) return null;
  const checkpoint = parseCheckpoint(parsed.value.text);
  if (!checkpoint.ok) return null;
  const { origin, size, root } = checkpoint.value;
  return { origin, size, root: root.toString('base64'), note };
};

const iso = (ms: number): string => new Date(ms).toISOString();
const TITLE: Readonly<Record<ExportRows, string>> = { hosts: 'Hosts', findings: 'Findings', ledger: 'Entries of the ledger' };

const periodWords = (head: ExportHead): string => {
  if (head.rows === 'hosts') return 'none: as of the cut-off';
  const { fromMs = null, toMs = null } = head.period ?? {};
  if (fromMs === null && toMs === null) return 'all, up to the cut-off';
  return `${fromMs === null ? 'the beginning' : iso(fromMs)} to ${toMs === null ? 'the cut-off' : `${iso(toMs)}, without this moment`}`;
};

const lostWords = ({ notRecorded }: ExportHead): string => {
  if (notRecorded === null) return 'not known to the command that made this export';
  return notRecorded.length === 0 ? 'none' : notRecorded.join(' ');
};

/** Whether the rows are all that the data folder has. */
export const isWhole = ({ query, sample }: Pick<ExportHead, 'query' | 'sample'>): boolean => query === '' && sample === undefined;

const sampleLines = ({ sample }: ExportHead): readonly (readonly [label: string, value: string])[] => {
  if (sample === undefined) return [];
  const { algorithm, size, seed, seedBy, population, populationSha256 } = sample;
  const fewer = size > population ? `; ${size} were asked for, so it has all of them` : '';
  return [
    ['sample', `${Math.min(size, population)} of ${population}${fewer}; ${algorithm}`],
    ['seed of the sample', seed],
    ['the seed was', seedBy === 'given' ? 'given by whoever exported it' : 'made at random by Plumbline'],
    ['population of the sample', `${population} hosts, SHA-256 of their sorted ids ${populationSha256}`],
  ];
};

/** The head in words, one line each: label and value. Values may hold hostile text; whoever writes them makes it visible. */
export const headLines = (head: ExportHead): readonly (readonly [label: string, value: string])[] => {
  const { checkpoint, demo } = head;
  return [
    ['Plumbline', head.version],
    ...(demo === null ? [] : [['DEMO DATA', `contains simulated hosts (${demo.hosts} in this data folder)`] as const]),
    ['rows', `${TITLE[head.rows]}: ${head.count}`],
    ['query', head.query === '' ? 'all' : head.query],
    ...sampleLines(head),
    ['sort', head.sort],
    ['period', periodWords(head)],
    ['cut-off', iso(head.cutOffMs)],
    ['time zone', 'UTC'],
    ['results not recorded, of endpoints', lostWords(head)],
    ['exported by', `${head.who.name} (${head.who.kind})`],
    ['ledger', checkpoint === null ? 'nothing is signed yet' : checkpoint.origin],
    ...(checkpoint === null
      ? []
      : ([
          ['checkpoint', `${checkpoint.size} of ${head.entries} entries are signed, root ${checkpoint.root}`],
          ['signed note of the checkpoint, base64', Buffer.from(checkpoint.note, 'utf8').toString('base64')],
        ] as const)),
  ];
};
