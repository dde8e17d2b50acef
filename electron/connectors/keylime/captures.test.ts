import { createHash, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiServer, type Ask } from '../../simulator/api.ts';
import { createAuthority } from '../../simulator/authority.ts';
import { agentCertificate } from '../../simulator/simulated-host.ts';
import type { EndpointConfig } from '../endpoints-file.ts';
import type { Observation } from '../port.ts';
import { createKeylimeConnector } from './connector.ts';
import { parseMeasuredBootPolicy } from './measured-boot-policy.ts';
import { parseRuntimePolicy } from './runtime-policy.ts';

/** Real exchanges with Keylime 7.14 and its Rust agent. They are not part of this repository: without them these tests are skipped. */
const FOLDER = path.resolve(import.meta.dirname, '../../../../shared/keylime-captures');
const here = existsSync(FOLDER);
const capture = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const authority = createAuthority(newKey(), '127.0.0.1', Date.now());
const id = (host: number): string => `d432fbb3-d2f1-4a97-9ef7-75bd81c000${String(host).padStart(2, '0')}`;
const HOSTS: Readonly<Record<string, string>> = {
  [id(1)]: 'good',
  [id(2)]: 'imafail',
  [id(3)]: 'pcrfail',
  [id(4)]: 'mbpolicyfail',
  [id(5)]: 'regonly',
  [id(6)]: 'unreachable',
  [id(7)]: 'nopolicy',
  [id(8)]: 'logforge',
  [id(9)]: 'mblog',
};

const open: Server[] = [];
const serve = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    open.push(server);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
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
const body = (name: string, status = 200): Reply => ({ status, type: 'application/json', body: capture(name) });
const absent: Reply = { status: 404, type: 'application/json', body: '{"code":404,"status":"agent id not found","results":{}}' };

const agentKey = newKey();
const agentPem = agentCertificate(id(1), agentKey, Date.now());

const agent = (ask: Ask): Reply => {
  if (ask.path === '/version') return body('agent-version.json');
  return ask.path === '/v2.6/quotes/integrity' && ask.query.get('mask') === '0xffff' ? body('agent-quote-integrity.json') : absent;
};

/** Puts our agent in the place of the captured one. */
const moved = (reply: Reply, port: number): Reply => {
  const parsed = JSON.parse(reply.body) as { results: Record<string, unknown> };
  const move = (entry: Record<string, unknown>): void => {
    if (entry['port'] === 9101) Object.assign(entry, { port, ...(entry['mtls_cert'] === undefined ? {} : { mtls_cert: agentPem }) });
    else if (typeof entry['port'] === 'number') Object.assign(entry, { port: 1 });
  };
  move(parsed.results);
  for (const entry of Object.values(parsed.results))
    if (typeof entry === 'object' && entry !== null) move(entry as Record<string, unknown>);
  return { ...reply, body: JSON.stringify(parsed) };
};

const verifier =
  (agentPort: number, push: boolean) =>
  (ask: Ask): Reply => {
    if (ask.path === '/version') return push ? body('pushverifier-version.json', 410) : body('verifier-version.json');
    if (ask.path === '/v2.6/agents/') return moved(body(push ? 'push-agents-bulk.json' : 'verifier-agents-bulk.json'), agentPort);
    if (ask.path === `/v2.6/allowlists/${id(1)}`) return body('verifier-allowlist-show.json');
    return ask.path === `/v2.6/mbpolicies/${id(1)}` ? body('verifier-mbpolicy-show.json') : body('verifier-allowlist-404.json', 404);
  };

const registrar =
  (agentPort: number) =>
  (ask: Ask): Reply => {
    if (ask.path === '/version') return body('registrar-version.json');
    if (ask.path === '/v2.6/agents/') return body('registrar-agents-list.json');
    const host = HOSTS[ask.path.split('/').at(-1) ?? ''];
    return host === undefined ? body('err-registrar-404.json', 404) : moved(body(`registrar-agent-${host}.json`), agentPort);
  };

const sweep = async (push: boolean): Promise<ReadonlyMap<string, Observation>> => {
  const agentPort = await serve(createApiServer({ cert: agentPem, key: keyPem(agentKey), ca: authority.caPem }, true, agent));
  const verifierPort = await serve(createApiServer(authority.server, false, verifier(agentPort, push)));
  const registrarPort = await serve(createApiServer(authority.server, false, registrar(agentPort)));
  const config: EndpointConfig = {
    name: 'lab',
    kind: 'keylime',
    verifier: `https://127.0.0.1:${verifierPort}`,
    registrar: `https://127.0.0.1:${registrarPort}`,
    tls: { ca: authority.caPem, cert: authority.clientPem, key: authority.clientKeyPem, password: null, serverName: null },
    intervalMs: 60_000,
    allowPlaintextLoopback: false,
    runtimePolicy: null,
    measuredBootPolicy: null,
  };
  const seen = new Map<string, Observation>();
  const connector = createKeylimeConnector(config);
  const outcome = await connector.sweep({
    signal: new AbortController().signal,
    nowMs: Date.now,
    randomBytes: (length) => randomBytes(length),
    concurrency: 4,
    requestTimeoutMs: 5000,
    onInventory: () => undefined,
    onObservation: async (observation) => {
      seen.set(observation.hostId, observation);
    },
  });
  await connector.close();
  expect(outcome).toMatchObject({ ok: true, demo: false });
  return seen;
};

describe.skipIf(!here)('recorded exchanges with Keylime (skipped where ../shared/keylime-captures is absent)', () => {
  it('yield every host of verifier and registrar, with what was reported', async () => {
    const seen = await sweep(false);
    const reported = Object.fromEntries(
      [...seen].map(([host, observation]) => [host.slice(-2), [observation.reported.verdict, observation.reported.sentence]]),
    );
    expect(reported).toMatchObject({
      '01': ['trusted', 'Verifier says PASS (state "Get Quote").'],
      '02': ['failed', 'Verifier says FAIL: ima.validation.ima-ng.not_in_allowlist, severity 6.'],
      '05': ['unknown', expect.stringContaining('nobody attests it')],
      '06': ['failed', 'Verifier says FAIL: internal.verifier.not_reachable, severity 6.'],
      '07': ['trusted', expect.any(String)],
    });
    expect(seen.get(id(1))?.reported.evaluates).toStrictEqual({ runtimePolicy: true, measuredBoot: true, pcrPolicy: true });
    // PASS with no policy at all rests on nothing.
    expect(seen.get(id(7))?.reported.evaluates).toStrictEqual({ runtimePolicy: false, measuredBoot: false, pcrPolicy: false });
    expect(seen.get(id(2))?.evidence).toMatchObject({ kind: 'none', problem: { code: 'unreachable' } });
  });

  it('yield the evidence of a host byte for byte', async () => {
    const observation = (await sweep(false)).get(id(1));
    if (observation?.evidence.kind !== 'evidence') throw new Error('no evidence');
    const { evidence, identity } = observation;
    expect(Buffer.from(evidence.nonce).toString('ascii')).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(Buffer.from(evidence.quote.attest.subarray(0, 6)).toString('hex')).toBe('ff5443478018');
    expect(evidence.claimedSelection?.sha256).toStrictEqual([...Array(17).keys(), 23]);
    expect(Buffer.from(evidence.eventLog ?? []).equals(readFileSync(path.join(FOLDER, 'bios-good.bin')))).toBe(true);
    expect(Buffer.from(evidence.ima ?? []).toString('utf8')).toBe(capture('ima-good.txt'));
    expect(evidence.geo).toBeNull();
    expect(identity.akTpm2bPublic?.length).toBe(282);
    expect(identity.ekTpm2bPublic?.length).toBe(316);
    // Values hash to the digest at the end of the signed structure.
    const values = Object.entries(evidence.pcrs.sha256 ?? {}).map(([, hex]) => Buffer.from(hex, 'hex'));
    const digest = createHash('sha256').update(Buffer.concat(values)).digest('hex');
    expect(Buffer.from(evidence.quote.attest.subarray(-32)).toString('hex')).toBe(digest);
  });

  it('yield the policies of a host as reference values', async () => {
    const reference = (await sweep(false)).get(id(1))?.reference;
    expect(reference?.runtime?.digests.size).toBe(6);
    expect(reference?.runtime?.digests.get('/usr/bin/bash')).toStrictEqual([
      '5cd4ce0bf1487b9c73670d6e9293a34009a233edf55a51574e2b32dd3b5115fb',
    ]);
    expect(reference?.measuredBoot).toMatchObject({ bank: 'sha256', secureBoot: true });
    expect(reference?.measuredBoot?.secureBootKeys.dbx?.length).toBe(371);
    expect(reference?.measuredBoot?.secureBootKeys.dbx?.[0]?.sha256).toBe(
      '80b4d96931bf0d02fd91a61e19d14f1da452e66db2408ca8604d411f92659f0a',
    );
    expect(reference?.measuredBoot?.bootChains[0]?.kernelCommandLine).toMatch(/^\^\(\?:\\\(hd0,gpt2\\\)\/vmlinuz.*\)\$$/);
    expect(reference?.measuredBoot?.source.provenance).toContain('at lab');
    expect(reference?.measuredBoot?.machineOwnerKeys).toStrictEqual({
      mokList: ['c9531063a008ed66ab48b0b1dcd2b9aca25ff47cde33f3cb054ce06965f79449'],
      mokListX: ['8d8a3aae50d5d25838c95c034aadce7b548c9a952eb7925e366eda537c59c3b0'],
    });
    expect(reference?.measuredBoot?.notJudged).toStrictEqual(['vendor_db']);
    expect(reference?.runtime?.notJudged).toStrictEqual([]);
  });

  it('of a verifier in push mode yield hosts without evidence, and the truth about a failing one', async () => {
    const seen = await sweep(true);
    expect(seen.get(id(11))?.reported.verdict).toBe('trusted');
    // Its operational state says 3, "Get Quote"; only attestation_status tells.
    expect(seen.get(id(12))?.reported.verdict).toBe('failed');
  });

  it('hold two measured-boot policies that differ in the kernel only', () => {
    const [good, other] = ['mb-good.json', 'mb-other-kernel.json'].map((name) => parseMeasuredBootPolicy(capture(name)));
    if (good?.ok !== true || other?.ok !== true) throw new Error('unreadable');
    expect(other.value?.bootChains).not.toStrictEqual(good.value?.bootChains);
    expect({ ...other.value, bootChains: [] }).toStrictEqual({ ...good.value, bootChains: [] });
  });
});

describe('policies', () => {
  it('that accept everything are no reference', () => {
    expect(parseMeasuredBootPolicy('{}')).toStrictEqual({ ok: true, value: null });
    expect(parseRuntimePolicy('{"meta":{"version":1,"generator":1},"digests":{},"excludes":[]}')).toStrictEqual({ ok: true, value: null });
  });

  it('that cannot be read say where', () => {
    expect(parseMeasuredBootPolicy('{"has_secureboot":true,"kernels":[{"kernel_authcode_sha256":"zz"}]}')).toMatchObject({
      ok: false,
      problem: { code: 'policy-unreadable', message: expect.stringContaining('kernels.0.kernel_authcode_sha256') },
    });
    expect(parseRuntimePolicy('{"digests":{"/bin/a":["xyz"]}}')).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('/bin/a') },
    });
    expect(parseRuntimePolicy('nonsense')).toMatchObject({ ok: false });
  });
});
