import { createHash, createPublicKey, randomBytes, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEndpointsFile } from '../connectors/endpoints-file.ts';
import { createKeylimeConnector } from '../connectors/keylime/connector.ts';
import type { Connector, Observation, SweepOutcome } from '../connectors/port.ts';
import { startFleet, type Fleet, type FleetOptions } from './fleet.ts';

type Sweep = { readonly outcome: SweepOutcome; readonly seen: ReadonlyMap<string, Observation> };
type Opened = { readonly fleet: Fleet; readonly sweep: () => Promise<Sweep>; readonly close: () => Promise<void> };

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-fleet-test-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const openFleet = async (options: Omit<FleetOptions, 'stateDir'> & { readonly stateDir?: string }): Promise<Opened> => {
  const fleet = await startFleet({ stateDir: newFolder(), ...options });
  const parsed = parseEndpointsFile(readFileSync(fleet.endpointsFile, 'utf8'), {
    path: fleet.endpointsFile,
    readFile: (name) => readFileSync(name, 'utf8'),
    env: {},
    faultOfWitnessKey: () => null,
  });
  const config = parsed.ok ? parsed.value.endpoints[0] : undefined;
  if (config === undefined) throw new Error(JSON.stringify(parsed));
  const connector: Connector = createKeylimeConnector(config);
  return {
    fleet,
    sweep: async () => {
      const seen = new Map<string, Observation>();
      const outcome = await connector.sweep({
        signal: new AbortController().signal,
        nowMs: Date.now,
        randomBytes: (length) => randomBytes(length),
        concurrency: 8,
        requestTimeoutMs: 15_000,
        onInventory: () => undefined,
        onObservation: async (observation) => {
          seen.set(observation.hostId, observation);
        },
      });
      return { outcome, seen };
    },
    close: async () => {
      await connector.close();
      await fleet.close();
    },
  };
};

/** A decoder of its own, as small as the question: clock, nonce and PCR digest of a quote. */
const decodeQuote = (attest: Uint8Array) => {
  const bytes = Buffer.from(attest);
  let at = 6;
  const sized = (): Buffer => {
    const size = bytes.readUInt16BE(at);
    at += 2 + size;
    return bytes.subarray(at - size, at);
  };
  const magic = bytes.subarray(0, 6).toString('hex');
  sized();
  const nonce = sized().toString('ascii');
  const clockMs = bytes.readBigUInt64BE(at);
  const resetCount = bytes.readUInt32BE(at + 8);
  at += 17 + 8 + 4 + 2;
  const select = bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0)).toString('hex');
  at += 4;
  return { magic, nonce, clockMs, resetCount, select, pcrDigest: sized().toString('hex'), rest: bytes.length - at };
};

/** Only for P-256 keys: their area ends with the two coordinates. */
const verifyEcdsa = (tpm2b: Uint8Array, attest: Uint8Array, signature: Uint8Array): boolean => {
  const area = Buffer.from(tpm2b);
  const jwk = { kty: 'EC', crv: 'P-256', x: area.subarray(-66, -34).toString('base64url'), y: area.subarray(-32).toString('base64url') };
  const bytes = Buffer.from(signature);
  expect(bytes.subarray(0, 4).toString('hex')).toBe('0018000b');
  const pair = Buffer.concat([bytes.subarray(6, 38), bytes.subarray(40, 72)]);
  return verify('sha256', attest, { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, pair);
};

const size = (part: Buffer): Buffer => Buffer.from([part.length, 0, 0, 0]);

const evidenceOf = (observation: Observation | undefined) => {
  if (observation?.evidence.kind !== 'evidence') throw new Error(JSON.stringify(observation?.evidence ?? 'not observed'));
  return observation.evidence;
};

describe('a fleet of honest hosts', () => {
  let opened: Opened;
  let first: Sweep;
  beforeAll(async () => {
    opened = await openFleet({ hosts: 8, seed: 11 });
    first = await opened.sweep();
  });
  afterAll(() => opened.close());

  it('is observed completely through the connector, and says that it is a simulation', () => {
    expect(first.outcome).toStrictEqual({ ok: true, hosts: 8, demo: true, note: null });
    expect(first.seen.size).toBe(8);
    for (const observation of first.seen.values()) {
      const evidence = evidenceOf(observation);
      expect(observation).toMatchObject({ demo: true, reported: { verdict: 'trusted' } });
      expect(observation.claims.name).toMatch(/^[a-z]{3}\d-r\d\d-[a-z]+-\d\d$/);
      expect(observation.claims.country).toMatch(/^[A-Z]{2}$/);
      expect(observation.reference.runtime?.digests.size).toBeGreaterThan(200);
      expect(observation.reference.measuredBoot?.bootChains).toHaveLength(1);
      expect(evidence.eventLog?.length).toBeGreaterThan(12_000);
      expect(evidence.ima?.length).toBeGreaterThan(10_000);
    }
  });

  it('answers with quotes over our nonce whose digest is that of the values sent', () => {
    for (const observation of first.seen.values()) {
      const evidence = evidenceOf(observation);
      const quote = decodeQuote(evidence.quote.attest);
      const large = (Buffer.from(evidence.quote.signature).readUInt16BE(2) === 0x000c && 'sha384') || 'sha256';
      const values = Object.values(evidence.pcrs.sha256 ?? {}).map((hex) => Buffer.from(hex, 'hex'));
      expect(quote).toMatchObject({
        magic: 'ff5443478018',
        nonce: Buffer.from(evidence.nonce).toString('ascii'),
        select: 'ffff01',
        pcrDigest: createHash(large).update(Buffer.concat(values)).digest('hex'),
        rest: 0,
      });
    }
  });

  it('signs with the key that the registrar knows', () => {
    const small = [...first.seen.values()].filter(({ identity }) => identity.akTpm2bPublic?.length === 90);
    expect(small.length).toBeGreaterThan(3);
    for (const observation of small) {
      const { quote, geo } = evidenceOf(observation);
      const key = observation.identity.akTpm2bPublic ?? new Uint8Array();
      expect(verifyEcdsa(key, quote.attest, quote.signature)).toBe(true);
      expect(geo === null || verifyEcdsa(key, geo.attest, geo.signature)).toBe(true);
    }
  });

  it('has endorsement certificates for the endorsement keys', () => {
    for (const { identity } of first.seen.values()) {
      const certificate = new X509Certificate(Buffer.from(identity.ekCertDer ?? []));
      const jwk = certificate.publicKey.export({ format: 'jwk' });
      expect(Buffer.from(jwk.y ?? '', 'base64url')).toStrictEqual(Buffer.from((identity.ekTpm2bPublic ?? new Uint8Array()).slice(-32)));
      expect(certificate.keyUsage).toStrictEqual(['2.23.133.8.1']);
    }
  });

  it('replays: PCR 10 follows from the list, boot_aggregate from PCR 0 to 9', () => {
    for (const observation of first.seen.values()) {
      const { ima, pcrs } = evidenceOf(observation);
      let pcr10 = Buffer.alloc(32);
      const lines = Buffer.from(ima ?? [])
        .toString('utf8')
        .trimEnd()
        .split('\n');
      for (const line of lines) {
        const [, templateHash, , digest = '', file = ''] = line.split(' ');
        const hash = Buffer.concat([Buffer.from('sha256:\0'), Buffer.from(digest.slice(7), 'hex')]);
        const name = Buffer.from(`${file}\0`);
        const data = Buffer.concat([size(hash), hash, size(name), name]);
        expect(createHash('sha1').update(data).digest('hex')).toBe(templateHash);
        pcr10 = createHash('sha256').update(pcr10).update(createHash('sha256').update(data).digest()).digest();
      }
      const values = pcrs.sha256 ?? {};
      expect(pcr10.toString('hex')).toBe(values[10]);
      const first10 = Array.from({ length: 10 }, (_, pcr) => Buffer.from(values[pcr] ?? '', 'hex'));
      expect(lines[0]).toContain(createHash('sha256').update(Buffer.concat(first10)).digest('hex'));
    }
  });

  it('keeps keys from others and calls itself demo data', () => {
    const folder = path.dirname(opened.fleet.endpointsFile);
    for (const name of ['client-private.pem', 'fleet-state.json']) expect(statSync(path.join(folder, name)).mode & 0o077).toBe(0);
    expect(readFileSync(opened.fleet.manifestFile, 'utf8')).toContain('Demo data');
  });
});

describe('a fleet with incidents', () => {
  it('tampers with as many hosts as asked, repeatably by seed', async () => {
    const stateDir = newFolder();
    const run = async (seed: number) => {
      const fleet = await startFleet({ hosts: 30, tamper: 11, seed, stateDir });
      const truth = JSON.parse(readFileSync(fleet.groundTruthFile, 'utf8')) as { id: string; incident: string | null; verdict: string }[];
      await fleet.close();
      return truth;
    };
    const [first, again, other] = [await run(5), await run(5), await run(6)];
    expect(again).toStrictEqual(first);
    expect(other.map((host) => host.id)).not.toStrictEqual(first.map((host) => host.id));
    const wrong = first.filter((host) => host.incident !== null);
    expect(new Set(wrong.map((host) => host.incident)).size).toBe(11);
    expect(wrong.every((host) => host.verdict === 'failed')).toBe(true);
    expect(first.filter((host) => host.verdict === 'trusted')).toHaveLength(19);
  });

  it('keeps the identity of every host over a restart', async () => {
    const stateDir = newFolder();
    const identities = async () => {
      const opened = await openFleet({ hosts: 5, stateDir });
      const { seen } = await opened.sweep();
      await opened.close();
      return Object.fromEntries([...seen].map(([id, { identity }]) => [id, Buffer.from(identity.akTpm2bPublic ?? []).toString('hex')]));
    };
    expect(await identities()).toStrictEqual(await identities());
  });

  it('shows what each incident is, and no more', async () => {
    const opened = await openFleet({
      hosts: 6,
      named: [
        { name: 'host-gone', index: 0 },
        { name: 'quote-replayed', index: 1 },
        { name: 'clock-rolled-back', index: 2 },
        { name: 'unknown-binary', index: 4 },
      ],
    });
    const host = (sweep: Sweep, index: number): Observation | undefined => sweep.seen.get(opened.fleet.hosts[index]?.id ?? '');
    const [first, second] = [await opened.sweep(), await opened.sweep()];
    await opened.close();
    expect(host(first, 0)?.evidence).toMatchObject({ kind: 'none', problem: { code: 'unreachable' } });
    const replayed = evidenceOf(host(first, 1));
    expect(decodeQuote(replayed.quote.attest).nonce).not.toBe(Buffer.from(replayed.nonce).toString('ascii'));
    const [before, after] = [first, second].map((sweep) => decodeQuote(evidenceOf(host(sweep, 2)).quote.attest).resetCount);
    expect(after).toBeLessThan(before ?? 0);
    expect(Buffer.from(evidenceOf(host(first, 4)).ima ?? []).toString('utf8')).toContain('/tmp/.x/loader');
    expect(Buffer.from(evidenceOf(host(first, 5)).ima ?? []).toString('utf8')).not.toContain('/tmp/');
  });
});
