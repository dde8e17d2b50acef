import { ASSURANCES, REPORTED_VERDICTS } from '../model/verdict.ts';
import { fieldTable } from './fields.ts';

/** What a manifest may choose hosts by: who they are and where, never the verdict, which depends on the choice. */
export const MANIFEST_HOST_FIELDS = fieldTable(
  [
    { name: 'id', type: 'text', doc: 'The id of the host, with its endpoint in front.' },
    { name: 'name', type: 'text', doc: 'The name of the host, as the endpoint calls it.' },
    { name: 'endpoint', type: 'text', doc: 'The endpoint that knows the host, by its name in the endpoints file.' },
    { name: 'address', type: 'text', doc: 'The address at which the host is asked.' },
    { name: 'host_class', type: 'text', doc: 'The class that the endpoint reports; a claim.' },
    { name: 'country', type: 'text', doc: 'ISO 3166-1 alpha-2.' },
    { name: 'subdivision', type: 'text', doc: 'ISO 3166-2.' },
    { name: 'site', type: 'text', doc: 'The data centre.' },
    { name: 'assurance', type: 'enum', values: ASSURANCES.filter((word) => word !== 'unknown'), doc: 'How well the location is known.' },
    {
      name: 'reported',
      type: 'enum',
      values: REPORTED_VERDICTS.filter((word) => word !== 'unknown'),
      doc: 'What the endpoint says of the host.',
    },
    { name: 'demo', type: 'boolean', doc: 'Whether the host is simulated.' },
  ],
  [{ name: 'label', doc: 'A label of the host, by its name; a claim.' }],
);
