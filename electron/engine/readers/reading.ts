import type { ReadHandlers, ReadInput, ReadName, ReadOutput } from './messages.ts';
import type { Reader } from './reader-thread.ts';

/** Whose answers say which hosts are trusted now. */
const JUDGED: ReadonlySet<ReadName> = new Set([
  'hosts.list',
  'fleet.places',
  'hosts.difference',
  'hosts.peers',
  'overview.read',
  'posture.read',
]);

/**
 * Reading calls as they are answered: by the reader where there is one, and by `own` where it is not open, ended or failed. An answer that
 * judges is made anew where an endpoint's results could not be recorded any more meanwhile: nothing leaves that is greener than what is known.
 */
export const createReading = (own: ReadHandlers, reader: Reader | null, notRecorded: () => readonly string[]): ReadHandlers => {
  if (reader === null) return own;
  const by = <N extends ReadName>(name: N): ((input: ReadInput<N>) => Promise<ReadOutput<N>>) => {
    const self: ReadHandlers[N] = own[name];
    return async (input) => {
      const before = new Set(notRecorded());
      const found = await reader.ask(name, input);
      const outdated = JUDGED.has(name) && notRecorded().some((endpoint) => !before.has(endpoint));
      return found === null || outdated ? self(input) : found.value;
    };
  };
  return {
    'hosts.list': by('hosts.list'),
    'hosts.complete': by('hosts.complete'),
    'hosts.history': by('hosts.history'),
    'hosts.events': by('hosts.events'),
    'hosts.ima': by('hosts.ima'),
    'hosts.difference': by('hosts.difference'),
    'hosts.peers': by('hosts.peers'),
    'hosts.bytes': by('hosts.bytes'),
    'hosts.fields': by('hosts.fields'),
    'hosts.keys': by('hosts.keys'),
    'fleet.asOf': by('fleet.asOf'),
    'fleet.places': by('fleet.places'),
    'fleet.movements': by('fleet.movements'),
    'fleet.moments': by('fleet.moments'),
    'fleet.regions': by('fleet.regions'),
    'findings.list': by('findings.list'),
    'findings.clusters': by('findings.clusters'),
    'findings.preview': by('findings.preview'),
    'ledger.list': by('ledger.list'),
    'reports.items': by('reports.items'),
    'reports.itemHistory': by('reports.itemHistory'),
    'posture.read': by('posture.read'),
    'overview.read': by('overview.read'),
  };
};
