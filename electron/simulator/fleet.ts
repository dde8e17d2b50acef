import type { KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { agentApi } from './agent-api.ts';
import { openAgentPorts } from './agent-ports.ts';
import { createApiServer } from './api.ts';
import { createAuthority, type Authority } from './authority.ts';
import { endorsementRoot } from './endorsement-authority.ts';
import { createClassImage, type ClassImage } from './class-image.ts';
import { groundTruth } from './ground-truth.ts';
import { HOST_CLASSES } from './host-classes.ts';
import { assignIncidents, type IncidentName } from './incidents.ts';
import { registrarApi, verifierApi, type FleetView, type Member } from './manager-api.ts';
import { placeRules } from './location-words.ts';
import { RESTRICTED_WORKLOAD, weighted } from './places.ts';
import { createSeeded, type Seeded } from './seeded.ts';
import { agentCertificate, createSimulatedHost, type SimulatedHost } from './simulated-host.ts';
import { openState, writeSecret, type FleetState } from './state.ts';

export type FleetOptions = {
  readonly hosts: number;
  /** How many hosts carry an incident that one first sweep shows. */
  readonly tamper?: number;
  readonly seed?: number;
  /** Where the verifier listens; the registrar takes the next port. Port 0 or absent: any free ones. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Keys and files of the fleet; a restart with the same folder keeps every host's identity. */
  readonly stateDir: string;
  readonly nowMs?: () => number;
  readonly incidents?: 'none' | 'demo';
  readonly named?: readonly { readonly name: IncidentName; readonly index: number }[];
};

export type FleetHost = {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  readonly hostClass: string;
  readonly incident: IncidentName | null;
};

export type Fleet = {
  readonly endpointsFile: string;
  readonly manifestFile: string;
  readonly groundTruthFile: string;
  readonly seed: number;
  readonly hosts: readonly FleetHost[];
  readonly close: () => Promise<void>;
};

const DEFAULT_SEED = 2026;
export const MAX_HOSTS = 20_000;

const createHosts = (options: FleetOptions, seeded: Seeded, state: FleetState, runStartMs: number): readonly SimulatedHost[] => {
  const assignments = assignIncidents(seeded, {
    hosts: options.hosts,
    tamper: options.tamper ?? 0,
    demo: options.incidents === 'demo',
    named: options.named ?? [],
  });
  const images = new Map<string, ClassImage>();
  const imageOf = (index: number): ClassImage => {
    const hostClass = weighted(seeded, `class ${index}`, HOST_CLASSES);
    const image = images.get(hostClass.id) ?? createClassImage(seeded, state.firmwareRootKey, hostClass);
    images.set(hostClass.id, image);
    return image;
  };
  return Array.from({ length: options.hosts }, (_, index) =>
    createSimulatedHost({
      seeded,
      index,
      image: imageOf(index),
      keys: { rsa: state.rsaKeys.get(index) ?? null, ekIssuer: state.endorsementKey },
      assignment: assignments.get(index) ?? null,
      fleetStartMs: state.startedAtMs,
      runStartMs,
      earlierRuns: state.earlierRuns,
      demo: options.incidents === 'demo',
    }),
  );
};

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((done, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      done(address !== null && typeof address === 'object' ? address.port : port);
    });
  });

const stop = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

const writeFiles = (
  folder: string,
  authority: Authority,
  urls: { verifier: string; registrar: string },
  hosts: readonly SimulatedHost[],
  rules: object,
  roots: string,
) => {
  const file = (name: string): string => resolve(join(folder, name));
  mkdirSync(file('tpm-roots'), { recursive: true });
  writeFileSync(join(file('tpm-roots'), 'simulated-endorsement-ca.pem'), roots);
  writeFileSync(file('cacert.crt'), authority.caPem);
  writeFileSync(file('client-cert.crt'), authority.clientPem);
  writeSecret(file('client-private.pem'), authority.clientKeyPem);
  const endpoint = {
    name: 'demo-fleet',
    kind: 'keylime',
    ...urls,
    tls: { ca: 'cacert.crt', cert: 'client-cert.crt', key: 'client-private.pem' },
    interval: '15s',
  };
  writeSecret(
    file('endpoints.yaml'),
    `# Demo data: simulated hosts, made by "plumbline simulate".\n${stringify({ manifest: 'manifest.yaml', endorsement: { roots: 'tpm-roots' }, endpoints: [endpoint] })}`,
  );
  const manifest = {
    apiVersion: 'plumbline/v1',
    kind: 'TrustManifest',
    metadata: { name: 'demo-fleet', note: 'Demo data: simulated hosts. Nothing here describes a real machine.' },
    freshness: { maxAge: '10m' },
    ...rules,
    workloads: [{ name: RESTRICTED_WORKLOAD.name, countries: [...RESTRICTED_WORKLOAD.countries] }],
  };
  writeFileSync(file('manifest.yaml'), stringify(manifest));
  writeFileSync(file('ground-truth.json'), `${JSON.stringify(groundTruth(hosts), null, 1)}\n`);
  return { endpointsFile: file('endpoints.yaml'), manifestFile: file('manifest.yaml'), groundTruthFile: file('ground-truth.json') };
};

/** Starts a simulated fleet: a verifier, a registrar and one agent per host, all over mutual TLS on this machine. */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  if (!Number.isInteger(options.hosts) || options.hosts < 1 || options.hosts > MAX_HOSTS)
    throw new RangeError(`hosts must be 1 to ${MAX_HOSTS}`);
  const nowMs = options.nowMs ?? Date.now;
  const seed = options.seed ?? DEFAULT_SEED;
  const host = options.listen?.host ?? '127.0.0.1';
  const seeded = createSeeded(seed);
  const state = await openState(options.stateDir, seed, options.hosts, nowMs());
  // Certificates are judged by the real clock, whatever time the fleet plays.
  const authority = createAuthority(state.caKey, host, Date.now());
  const hosts = createHosts(options, seeded, state, nowMs());

  const certificates = hosts.map((simulated) => {
    let pem: string | null = null;
    const key = (): KeyObject => seeded.sharedKey('agent tls', simulated.index);
    return { key, certificate: () => (pem ??= agentCertificate(simulated.id, key(), Date.now())) };
  });
  const ports = await openAgentPorts({
    count: hosts.length,
    host,
    refuses: (index) => hosts[index]?.active(nowMs()) === 'host-gone',
    serverOf: (index) => {
      const simulated = hosts[index];
      const transport = certificates[index];
      if (simulated === undefined || transport === undefined) throw new RangeError(`no host ${index}`);
      const key = transport.key().export({ type: 'pkcs8', format: 'pem' }).toString();
      return createApiServer({ cert: transport.certificate(), key, ca: authority.caPem }, true, agentApi(simulated, nowMs));
    },
  });

  const members: Member[] = [];
  hosts.forEach((simulated, index) => {
    const address = ports.addresses[index];
    const transport = certificates[index];
    if (address !== undefined && transport !== undefined) members.push({ host: simulated, address, certificate: transport.certificate });
  });
  const view: FleetView = { members, byId: new Map(members.map((member) => [member.host.id, member])), nowMs, startMs: state.startedAtMs };
  const verifier = createApiServer(authority.server, false, verifierApi(view));
  const registrar = createApiServer(authority.server, false, registrarApi(view));
  try {
    const wanted = options.listen?.port ?? 0;
    const verifierPort = await listen(verifier, host, wanted);
    const registrarPort = await listen(registrar, host, wanted === 0 ? 0 : wanted + 1);
    const urls = { verifier: `https://${host}:${verifierPort}`, registrar: `https://${host}:${registrarPort}` };
    const files = writeFiles(
      options.stateDir,
      authority,
      urls,
      hosts,
      options.incidents === 'demo' ? placeRules(seeded.ecKey('location issuer', 'P-256')) : {},
      endorsementRoot(state.endorsementKey, Date.now()),
    );
    return {
      ...files,
      seed,
      hosts: hosts.map((simulated) => ({
        id: simulated.id,
        name: simulated.name,
        index: simulated.index,
        hostClass: simulated.image.hostClass.id,
        incident: simulated.assignment?.incident.name ?? null,
      })),
      close: async () => {
        await Promise.all([stop(verifier), stop(registrar), ports.close()]);
      },
    };
  } catch (error) {
    await Promise.all([stop(verifier), stop(registrar), ports.close()]);
    throw error;
  }
};
