import { certificateFields } from '../../endorsement/certificate-fields.ts';
import { eventFields } from '../../event-log/event-fields.ts';
import type { Fields } from '../../fields.ts';
import { imaEntryFields } from '../../ima/entry-fields.ts';
import { parseEventLog } from '../../index.ts';
import { attestFields } from '../../tpm/attest-fields.ts';
import { makeEvidence, makeKey } from '../host.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateEventLog } from './mutate-structure.ts';
import type { Outcome, Target } from './target.ts';

/** A field names bytes that are there: whoever shows them side by side relies on it. */
const outcomeOf = (input: Buffer, all: readonly Fields[]): Outcome => {
  const fields = all.flatMap((one) => one.fields);
  const outside = fields.some(({ start, length }) => start < 0 || length < 0 || start + length > input.length);
  return {
    shape: [...new Set(fields.map(({ label }) => label))].join().slice(0, 200),
    output: all,
    broken: outside ? 'a field of bytes that are not there' : undefined,
  };
};

const ofEvents = (input: Buffer): Outcome => {
  const log = parseEventLog(input);
  if (!log.ok) return { shape: 'unreadable', output: log.problem };
  const { events, format } = log.value;
  const all = events.slice(0, 100).map((event) => eventFields(input, event, format === 'sha1' || event.index === 0));
  const early = all.findIndex(({ fields }, at) => (fields[0]?.start ?? -1) !== events[at]?.offset);
  const outcome = outcomeOf(input, all);
  return early < 0 ? outcome : { ...outcome, broken: 'the fields of an event begin elsewhere than the event' };
};

const ofOthers = (input: Buffer): Outcome => outcomeOf(input, [attestFields(input), certificateFields(input), imaEntryFields(input, 1)]);

const host = makeEvidence({ key: makeKey('ecdsa256') });

/** Fields with the bytes that they were read from, of everything that is shown byte by byte. */
export const FIELD_TARGETS: readonly Target[] = [
  {
    name: 'event-fields',
    mutate: mutateEventLog,
    seeds: () => [host.eventLog],
    corpus: ['eventlog', 'ccel', 'hostile-eventlog'],
    run: ofEvents,
  },
  {
    name: 'fields',
    mutate: mutateBytes,
    seeds: () => [host.quote.attest, host.ima],
    corpus: ['ekcert', 'quote/keylime-files'],
    run: ofOthers,
  },
];
