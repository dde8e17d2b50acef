import { checkServerIdentity } from 'node:tls';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { Problem, Result } from '../../../shared/model/result.ts';
import type { EndpointConfig } from '../endpoints-file.ts';
import type { Connector, FetchedEvidence, Identity, Observation, SweepContext, SweepOutcome } from '../port.ts';
import { fetchAgentEvidence } from './agent.ts';
import { fromBase64 } from './bytes.ts';
import { parseMetaData, type AnnouncedGeoTag } from './claims.ts';
import { problem } from './failures.ts';
import { createService, LIMITS, parseResults, type Deadline, type Service, type TlsChoice } from './http.ts';
import { readInventory, type Inventory, type InventoryHost } from './inventory.ts';
import { createPolicyLibrary, type PolicyLibrary } from './policy-library.ts';
import { reportedOf, unknownToVerifier } from './reported.ts';
import { registrationSchema, type Registration } from './schemas.ts';

const isAddress = (name: string): boolean => /^[\d.]+$/.test(name) || name.includes(':');

/** Server certificates are checked against the configured authority and name. There is no way to switch that off. */
const tlsOf = (config: EndpointConfig, url: URL): TlsChoice | null => {
  if (url.protocol === 'http:') return null;
  const { ca, cert, key, password, serverName } = config.tls;
  return {
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
    ...(password === null ? {} : { passphrase: password }),
    ...(serverName === null ? {} : { checkServerIdentity: (_name, peer) => checkServerIdentity(serverName, peer) }),
    ...(serverName === null || isAddress(serverName) ? {} : { servername: serverName }),
  };
};

const serviceAt = (config: EndpointConfig, role: 'verifier' | 'registrar', connections: number): Service => {
  const url = new URL(config[role]);
  return createService({ who: `the ${role} at ${url.host}`, origin: url.origin, tls: tlsOf(config, url), connections });
};

type Sweep = {
  readonly config: EndpointConfig;
  readonly verifier: Service;
  readonly registrar: Service;
  readonly inventory: Inventory;
  readonly policies: PolicyLibrary;
  readonly context: SweepContext;
  readonly deadline: Deadline;
  /** Policy documents that could not be read, by sentence: told once per sweep, not once per host. */
  readonly policyProblems: Map<string, number>;
};

const NOBODY: Identity = { akTpm2bPublic: null, ekTpm2bPublic: null, ekCertDer: null, registrations: null };

const bytes = (text: string | null | undefined): Uint8Array | null =>
  text === null || text === undefined || text === '' ? null : fromBase64(text);

const identityOf = (registration: Registration): Identity => {
  return {
    akTpm2bPublic: bytes(registration.aik_tpm),
    ekTpm2bPublic: bytes(registration.ek_tpm),
    ekCertDer: bytes(registration.ekcert),
    registrations: registration.regcount ?? null,
  };
};

/** Read at every sweep and never from a cache: a swapped attestation key must be seen at once. */
const registrationOf = async (sweep: Sweep, hostId: string): Promise<Result<Registration>> => {
  const { registrar, inventory, deadline } = sweep;
  const reply = await registrar.get(`/v${inventory.registrarVersion}/agents/${encodeURIComponent(hostId)}`, LIMITS.registration, deadline);
  if (!reply.ok) return reply;
  if (reply.value.status === 404) {
    return {
      ok: false,
      problem: problem(
        'not-registered',
        'The registrar does not know this host, so there is no key to check its quotes against.',
        'Restart the agent so that it registers, or remove the host from the verifier.',
      ),
    };
  }
  return parseResults(reply.value, registrar.who, 'the registration of this host', registrationSchema);
};

const evidenceOf = (
  sweep: Sweep,
  host: InventoryHost,
  registration: Registration,
  geoTag: AnnouncedGeoTag | null,
): Promise<FetchedEvidence> => {
  const { config, context, inventory, deadline } = sweep;
  if (inventory.push) {
    const found = problem(
      'push-not-supported',
      'This host pushes its evidence to the verifier; the push model is not supported yet.',
      'Its reported verdict is shown. For verification by Plumbline, attest it in the pull model.',
    );
    return Promise.resolve({ kind: 'none', problem: found });
  }
  return fetchAgentEvidence({
    hostId: host.id,
    ip: host.status?.ip ?? registration.ip ?? null,
    port: host.status?.port ?? registration.port ?? null,
    mtlsCert: registration.mtls_cert ?? null,
    client: config.tls,
    geoTag,
    deadline,
    nowMs: context.nowMs,
    randomBytes: context.randomBytes,
  });
};

const referenceOf = async (sweep: Sweep, host: InventoryHost): Promise<Observation['reference']> => {
  const { config, verifier, inventory, policies, context, deadline } = sweep;
  const ask = { verifier, version: inventory.verifierVersion, deadline, nowMs: context.nowMs };
  const nothing = { value: null, problem: null };
  const [runtime, measuredBoot] = await Promise.all([
    host.status !== null && Boolean(host.status.has_runtime_policy)
      ? policies.runtime({ ...ask, name: config.runtimePolicy ?? host.id })
      : nothing,
    host.status !== null && Boolean(host.status.has_mb_refstate)
      ? policies.measuredBoot({ ...ask, name: config.measuredBootPolicy ?? host.id })
      : nothing,
  ]);
  for (const found of [runtime.problem, measuredBoot.problem]) {
    if (found !== null) sweep.policyProblems.set(found.message, (sweep.policyProblems.get(found.message) ?? 0) + 1);
  }
  return { runtime: runtime.value, measuredBoot: measuredBoot.value };
};

const observe = async (sweep: Sweep, host: InventoryHost): Promise<Observation> => {
  const { config, context, inventory } = sweep;
  const { claims, geoTag } = parseMetaData(host.status?.meta_data);
  const [registration, reference] = await Promise.all([registrationOf(sweep, host.id), referenceOf(sweep, host)]);
  const evidence: FetchedEvidence = registration.ok
    ? await evidenceOf(sweep, host, registration.value, geoTag)
    : { kind: 'none', problem: registration.problem };
  const ip = host.status?.ip ?? (registration.ok ? registration.value.ip : null) ?? null;
  const port = host.status?.port ?? (registration.ok ? registration.value.port : null) ?? null;
  return {
    endpoint: config.name,
    hostId: host.id,
    address: ip === null ? null : visibleText(port === null ? ip : `${ip}:${port}`, 120),
    observedAtMs: context.nowMs(),
    reported: host.status === null ? (host.oddity ?? unknownToVerifier()) : reportedOf(host.status),
    identity: registration.ok ? identityOf(registration.value) : NOBODY,
    claims,
    evidence,
    reference,
    demo: inventory.demo,
  };
};

const inParallel = async <T>(items: readonly T[], limit: number, signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined && !signal.aborted; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
};

const noteOf = (inventory: Inventory, policyProblems: ReadonlyMap<string, number>): string | null => {
  const notes = [...inventory.notes];
  for (const [sentence, hosts] of [...policyProblems].slice(0, 3)) notes.push(`${sentence} (${hosts} ${hosts === 1 ? 'host' : 'hosts'})`);
  return notes.length === 0 ? null : notes.join(' ');
};

/** Connector to one Keylime verifier and its registrar. It only reads: no request other than GET is ever made. */
export const createKeylimeConnector = (config: EndpointConfig): Connector => {
  const policies = createPolicyLibrary(config.name);
  let services: { readonly verifier: Service; readonly registrar: Service } | null = null;

  const run = async (context: SweepContext): Promise<SweepOutcome> => {
    services ??= { verifier: serviceAt(config, 'verifier', 4), registrar: serviceAt(config, 'registrar', 4) };
    const { verifier, registrar } = services;
    const deadline: Deadline = { signal: context.signal, timeoutMs: context.requestTimeoutMs };
    const found = await readInventory(verifier, registrar, deadline);
    if (!found.ok) return found;
    const inventory = found.value;
    const { onlyHosts } = context;
    const hosts = onlyHosts === undefined ? inventory.hosts : inventory.hosts.filter((host) => onlyHosts.has(host.id));
    context.onInventory(hosts.map((host) => host.id));
    const sweep: Sweep = { config, verifier, registrar, inventory, policies, context, deadline, policyProblems: new Map() };
    await inParallel(hosts, context.concurrency, context.signal, async (host) => {
      const observation = await observe(sweep, host);
      // What was cut short by a cancelled sweep says nothing about the host.
      if (!context.signal.aborted) await context.onObservation(observation);
    });
    if (context.signal.aborted) return { ok: false, problem: aborted() };
    return { ok: true, hosts: hosts.length, demo: inventory.demo, note: noteOf(inventory, sweep.policyProblems) };
  };

  return {
    kind: 'keylime',
    sweep: run,
    close: async () => {
      const closing = services;
      services = null;
      await Promise.all([closing?.verifier.close(), closing?.registrar.close()]);
    },
  };
};

const aborted = (): Problem => problem('aborted', 'The sweep was stopped before it was complete.', 'Nothing to do.');
