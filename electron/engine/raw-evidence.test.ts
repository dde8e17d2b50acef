import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput } from '../../shared/contract/contract.ts';
import type { RawKind } from '../../shared/contract/raw-schemas.ts';
import { parseEventLog } from '../evidence/index.ts';
import { createParsedEvidence } from './parsed-evidence.ts';
import { createRawEvidence, type RawEvidence } from './raw-evidence.ts';
import { type RecordedFleet, recordedFleet } from './testing/recorded-fleet.ts';

let recorded: RecordedFleet;
let raw: RawEvidence;
let id: string;
beforeAll(async () => {
  recorded = await recordedFleet({ hosts: 3, tamper: 0, seed: 5 }, () => Date.now());
  raw = createRawEvidence(recorded.store, createParsedEvidence());
  id = recorded.store.hosts.all('demo-fleet')[0]?.row.id ?? '';
}, 60_000);
afterAll(async () => recorded.close());

const ask = async (what: RawKind, over: Partial<CallInput<'hosts.bytes'>> = {}) =>
  raw.bytes({ id, what, sha256: null, offset: 0, limit: 8_192, ...over });
const fields = async (what: RawKind, index = 0) => raw.fields({ id, what, sha256: null, index });
const whole = async (what: RawKind): Promise<string> => {
  let hex = '';
  for (;;) {
    const part = await ask(what, { offset: hex.length / 2, limit: 5_000 });
    hex += part.hex;
    if (part.hex === '' || hex.length / 2 >= part.total) return hex;
  }
};

describe('evidence byte by byte', () => {
  it.each(['event-log', 'ima'] as const)('gives the %s in windows that together are what was received', async (what) => {
    const kept = recorded.store.hosts.evidence(id, what);
    expect(await whole(what)).toBe(Buffer.from(kept?.bytes ?? []).toString('hex'));
    expect((await ask(what)).sha256).toBe(kept?.sha256);
  });

  it('gives an earlier one by its digest, and says of one that is not kept that it is not', async () => {
    const kept = recorded.store.hosts.evidence(id, 'event-log');
    expect((await ask('event-log', { sha256: kept?.sha256 ?? '' })).total).toBe(kept?.bytes.length);
    expect((await ask('event-log', { sha256: 'f'.repeat(64) })).problem).toMatchObject({ code: 'not-kept' });
  });

  it('names the fields of an event, each with its bytes, from the first to the last byte', async () => {
    const hex = await whole('event-log');
    const log = parseEventLog(Buffer.from(hex, 'hex'));
    if (!log.ok) throw new Error(log.problem.message);
    const { events } = log.value;
    const found = await Promise.all(events.map(async ({ index }) => fields('event-log', index)));
    expect(found.map(({ problem }) => problem)).toEqual(events.map(() => null));
    expect(found.map(({ start }) => start)).toEqual(events.map(({ offset }) => offset));
    expect(found.map(({ start, length }) => start + length)).toEqual([...events.slice(1).map(({ offset }) => offset), hex.length / 2]);
    const bytesOf = (at: number): string | undefined => {
      const digest = found[at]?.fields.find(({ label }) => label === 'digest sha256');
      return digest === undefined ? undefined : hex.slice(digest.start * 2, (digest.start + digest.length) * 2);
    };
    // The first event has no digest of this kind: it is the head of the log.
    expect(events.slice(1).map((_event, at) => bytesOf(at + 1))).toEqual(events.slice(1).map(({ digests }) => digests.sha256));
    const variables = events.filter(({ variable }) => variable !== undefined);
    expect(variables.length).toBeGreaterThan(0);
    expect(variables.map(({ index }) => found[index]?.fields.find(({ label }) => label === 'name')?.value)).toEqual(
      variables.map(({ variable }) => variable?.name),
    );
  });

  it('names what a quote says, and which bytes say it', async () => {
    const { fields: found, problem } = await fields('quote');
    expect(problem).toBeNull();
    expect(found[0]).toMatchObject({ label: 'magic', start: 0, length: 4, value: expect.stringContaining('inside of a TPM') });
    expect(found.find(({ label }) => label === 'PCRs')?.value).toContain('0, 1, 2');
    expect(found.at(-1)?.label).toBe('digest over the PCR values');
  });

  it('names the parts of a line of the list', async () => {
    const { fields: found } = await fields('ima', 0);
    expect(found.map(({ label, value }) => [label, value.length > 60 ? '' : value])).toMatchObject([
      ['PCR', '10'],
      ['template hash', expect.any(String)],
      ['template', 'ima-ng'],
      ['digest of the file', ''],
      ['path, and what follows it', 'boot_aggregate'],
    ]);
    expect((await fields('ima', 10_000_000)).problem).toBe('The list has no such line.');
  });

  it('says what the keys of a host say of themselves', async () => {
    const keys = await raw.keys({ id });
    expect(keys.ak).toMatchObject({ name: expect.stringMatching(/^000b[0-9a-f]{64}$/u), faults: [] });
    expect(keys.ek).toMatchObject({
      issuer: expect.any(String),
      serial: expect.stringMatching(/^[0-9a-f]+$/u),
      sha256: (await ask('ek-certificate')).sha256,
    });
    const { fields: found, problem } = await fields('ek-certificate');
    expect(problem).toBeNull();
    expect(found.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['serial number', 'issuer', 'not before', 'subject', 'public key']),
    );
  });

  it('says of a host that is not there that nothing of it was delivered', async () => {
    for (const what of ['event-log', 'quote', 'ek-certificate'] as const)
      expect((await raw.bytes({ id: 'nobody', what, sha256: null, offset: 0, limit: 1 })).problem).not.toBeNull();
    expect(await raw.keys({ id: 'nobody' })).toMatchObject({ ek: null, ak: null, ekProblem: { code: 'none' } });
  });
});
