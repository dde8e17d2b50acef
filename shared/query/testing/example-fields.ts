import { LINKS, VERDICTS } from '../../model/verdict.ts';
import { fieldTable, type Field, type Family } from '../fields.ts';

/** A table such as the list of hosts will have; one field of each type at least. */
const FIELDS: readonly Field[] = [
  { name: 'name', type: 'text', searchable: true, doc: 'Name of the host.' },
  { name: 'verdict', type: 'enum', values: VERDICTS, doc: 'What Plumbline concludes.' },
  { name: 'country', type: 'text', doc: 'ISO 3166-1 code of where the host is.' },
  { name: 'location.site', type: 'text', searchable: true, doc: 'Site of the host.' },
  { name: 'last_change', type: 'time', doc: 'Since when the verdict holds.' },
  { name: 'evidence_at', type: 'time', doc: 'When the newest evidence was received.' },
  { name: 'poll_interval', type: 'duration', doc: 'How often the host is asked.' },
  { name: 'findings', type: 'number', doc: 'Open findings.' },
  { name: 'disagreement', type: 'boolean', doc: 'Reported and verified differ.' },
  { name: 'tag', type: 'list of text', searchable: true, doc: 'Tags somebody gave.' },
  { name: 'failed_link', type: 'list of enum', values: LINKS, doc: 'Links of the chain that failed.' },
];

const FAMILIES: readonly Family[] = [{ name: 'label', aliases: ['labels'], doc: 'Labels of the host.' }];

export const hostFields = fieldTable(FIELDS, FAMILIES);

/** A table without search: the one that a policy has. */
export const policyFields = fieldTable(
  FIELDS.map((field) => ('searchable' in field ? { ...field, searchable: false } : field)),
  FAMILIES,
);
