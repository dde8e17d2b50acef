import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Server } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiServer } from '../../simulator/api.ts';
import { createAuthority } from '../../simulator/authority.ts';
import { agentCertificate } from '../../simulator/simulated-host.ts';
import type { FetchedEvidence } from '../port.ts';
import { fetchAgentEvidence } from './agent.ts';
import { parseMetaData, type AnnouncedGeoTag } from './claims.ts';

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const authority = createAuthority(newKey(), '127.0.0.1', Date.now());
const key = newKey();
const cert = agentCertificate('host', key, Date.now());
const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();

const open: Server[] = [];
afterEach(async () => {
  await Promise.all(
    open.splice(0).map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    ),
  );
});

type Reply = { readonly status: number; readonly type: string; readonly body: string };
const reply = (results: object, status = 200): Reply => ({ status, type: 'application/json', body: JSON.stringify({ results }) });
const absent: Reply = { status: 404, type: 'application/json', body: '{"code":404,"status":"not here","results":{}}' };
const QUOTE = `r${Buffer.from('attest').toString('base64')}:${Buffer.from('signature').toString('base64')}:${Buffer.alloc(136).toString('base64')}`;

const ask = async (
  geoTag: AnnouncedGeoTag | null,
  geo: Reply,
  parts: object = {},
): Promise<{ evidence: FetchedEvidence; asked: string[] }> => {
  const asked: string[] = [];
  const server = createApiServer({ cert, key: keyPem, ca: authority.caPem }, true, ({ path }) => {
    asked.push(path);
    if (path === '/version') return reply({ supported_version: '2.2' });
    return path.endsWith('/geotag') ? geo : reply({ quote: QUOTE, ...parts });
  });
  open.push(server);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
  const evidence = await fetchAgentEvidence({
    hostId: 'host',
    ip: '127.0.0.1',
    port,
    mtlsCert: cert,
    client: { cert: authority.clientPem, key: authority.clientKeyPem, password: null },
    geoTag,
    deadline: { signal: new AbortController().signal, timeoutMs: 5000 },
    nowMs: Date.now,
    randomBytes: (length) => randomBytes(length),
  });
  return { evidence, asked };
};

const INDEX = 0x01500010;
const tag = (more: object = {}): Reply => reply({ attest: 'AAAA', signature: 'AAAA', nv_index: '0x1500010', ...more });

describe('a geo tag', () => {
  it('is not asked for where none is announced', async () => {
    const { evidence, asked } = await ask(null, tag());
    expect(evidence).toMatchObject({ kind: 'evidence', geo: null, geoProblem: null });
    expect(asked.some((path) => path.endsWith('/geotag'))).toBe(false);
  });

  it('comes from the announced index, written either way', async () => {
    for (const answer of [tag(), tag({ nv_index: INDEX })])
      expect((await ask({ nvIndex: INDEX }, answer)).evidence).toMatchObject({ geo: { nvIndex: INDEX }, geoProblem: null });
  });

  it('from another index is none', async () => {
    expect((await ask({ nvIndex: INDEX }, tag({ nv_index: '0x1500011' }))).evidence).toMatchObject({
      kind: 'evidence',
      geo: null,
      geoProblem: 'The host answered with another NV index than the one announced.',
    });
  });

  it.each<readonly [string, Reply, RegExp]>([
    ['404', absent, /^The agent at 127\.0\.0\.1:\d+ does not have its location tag \(HTTP 404\), saying "not here"\.$/],
    ['an error', { status: 500, type: 'text/plain', body: '' }, /HTTP 500/],
    ['a wrong shape', tag({ attest: 7 }), /unexpected shape: results\.attest/],
    ['what is not JSON', { status: 200, type: 'text/html', body: '<html>' }, /not JSON/],
    ['what is not base64', tag({ signature: '*' }), /not base64\.$/],
    ['an index that is none', tag({ nv_index: -1 }), /results\.nv_index/],
  ])('answered with %s is none, and the quote stands', async (_what, answer, sentence) => {
    const { evidence } = await ask({ nvIndex: INDEX }, answer);
    expect(evidence).toMatchObject({ kind: 'evidence', geo: null, geoProblem: expect.stringMatching(sentence) });
  });

  it('announced without a readable index is not asked for, and said', async () => {
    const { evidence, asked } = await ask({ nvIndex: null }, tag());
    expect(evidence).toMatchObject({ geo: null, geoProblem: expect.stringContaining('names no NV index') });
    expect(asked.some((path) => path.endsWith('/geotag'))).toBe(false);
  });
});

describe('metadata', () => {
  it.each<readonly [unknown, AnnouncedGeoTag | null]>([
    [{ geoTag: { nvIndex: '0x1500010' } }, { nvIndex: INDEX }],
    [{ geoTag: { nvIndex: INDEX } }, { nvIndex: INDEX }],
    [{ geoTag: { nvIndex: 'here' } }, { nvIndex: null }],
    [{ geoTag: { nvIndex: 2 ** 32 } }, { nvIndex: null }],
    [{ geoTag: {} }, { nvIndex: null }],
    [{ geoTag: null }, null],
    [{ name: 'x' }, null],
  ])('%j announces %j', (raw, expected) => {
    expect(parseMetaData(JSON.stringify(raw)).geoTag).toStrictEqual(expected);
  });

  it.each([
    [{ workloads: [{ name: 'a' }, { name: 7 }, 'x'] }, 1, 2],
    [{ workloads: Array.from({ length: 1_200 }, (_, n) => ({ name: `w${n}` })) }, 1_000, 200],
    [{ workloads: 'pay' }, 0, 1],
    [{ workloads: [] }, 0, undefined],
    [{}, 0, undefined],
  ])('workloads that cannot be read are counted, never taken for none (%#)', (raw, read, unread) => {
    const { claims } = parseMetaData(JSON.stringify(raw));
    expect([claims.workloads.length, claims.workloadsUnread]).toEqual([read, unread]);
  });
});

const MB = 1024 * 1024;
const problemOf = async (parts: object) => {
  const { evidence } = await ask(null, absent, parts);
  return evidence.kind === 'none' ? evidence.problem : null;
};

describe('evidence of a size that is not read', () => {
  it('is an event log of more than 4 MB', async () => {
    expect(await problemOf({ mb_measurement_list: Buffer.alloc(4 * MB).toString('base64') })).toBeNull();
    expect(await problemOf({ mb_measurement_list: Buffer.alloc(4 * MB + 1).toString('base64') })).toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/an event log of 4194305 bytes, more than the 4 MB/),
    });
  });

  it('is an IMA list of more than 24 MB, counted in bytes', async () => {
    expect(await problemOf({ ima_measurement_list: 'a'.repeat(24 * MB) })).toBeNull();
    expect(await problemOf({ ima_measurement_list: `${'ä'.repeat(12 * MB)}a` })).toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/an IMA list of 25165825 bytes, more than the 24 MB/),
    });
  });

  it('is an answer of more than 32 MB', async () => {
    expect(await problemOf({ ima_measurement_list: 'a'.repeat(32 * MB) })).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('32 MB'),
    });
  });
});
