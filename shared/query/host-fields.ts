import { ASSURANCES, LINKS, REPORTED_VERDICTS, VERDICTS } from '../model/verdict.ts';
import { fieldTable } from './fields.ts';

/** What a list of hosts can be filtered by. Fields that a manifest can name as well have the same names there. */
export const HOST_LIST_FIELDS = fieldTable(
  [
    { name: 'name', type: 'text', doc: 'Name of the host, as its endpoint calls it.' },
    { name: 'verdict', type: 'enum', values: VERDICTS, doc: 'What Plumbline concludes.' },
    { name: 'reported', type: 'enum', values: REPORTED_VERDICTS.filter((word) => word !== 'unknown'), doc: 'What the endpoint says.' },
    { name: 'disagreement', type: 'boolean', doc: 'Whether the endpoint says otherwise than Plumbline.' },
    { name: 'broken_link', type: 'enum', values: LINKS, doc: 'Where the chain first breaks.' },
    { name: 'failed_link', type: 'list of enum', values: LINKS, doc: 'Every link of the chain that failed.' },
    { name: 'reason', type: 'text', doc: 'The sentence that says why.' },
    { name: 'country', type: 'text', doc: 'ISO 3166-1 code of where the host is.' },
    { name: 'subdivision', type: 'text', doc: 'ISO 3166-2 code of where the host is.' },
    { name: 'site', type: 'text', doc: 'Data centre of the host.' },
    { name: 'assurance', type: 'enum', values: ASSURANCES.filter((word) => word !== 'unknown'), doc: 'How well the place is known.' },
    { name: 'last_change', type: 'time', doc: 'Since when the verdict holds.' },
    { name: 'evidence_at', type: 'time', doc: 'When the newest evidence was received.' },
    { name: 'last_seen', type: 'time', doc: 'When the endpoint last spoke of the host.' },
    { name: 'first_seen', type: 'time', doc: 'When the host was first seen.' },
    { name: 'endpoint', type: 'text', doc: 'Endpoint that knows the host.' },
    { name: 'host_class', type: 'text', doc: 'Class that the endpoint reports; a claim.' },
    { name: 'class', type: 'text', doc: 'Class of the manifest that applies.' },
    { name: 'covered', type: 'number', doc: 'Required links that were held against a reference.' },
    { name: 'required', type: 'number', doc: 'Links that the manifest requires.' },
    { name: 'max_age', type: 'duration', doc: 'How old evidence may be before trust is stale.' },
    { name: 'address', type: 'text', doc: 'Address at which the host is asked.' },
    { name: 'id', type: 'text', doc: 'Id of the host, with its endpoint in front.' },
    { name: 'demo', type: 'boolean', doc: 'Whether the host is simulated.' },
    {
      name: 'text',
      type: 'text',
      searchable: true,
      doc: 'Name, id, class, place, endpoint and reason together; what a word alone is looked for in.',
    },
  ],
  [{ name: 'label', aliases: ['labels'], doc: 'A label of the host, by its name; a claim.' }],
);
