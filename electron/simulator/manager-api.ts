import { createHash } from 'node:crypto';
import { API_VERSIONS, empty, forbidden, refusal, routeOf, success, type Answer, type Ask } from './api.ts';
import type { ClassImage } from './class-image.ts';
import { measuredBootPolicy, runtimePolicy } from './policies.ts';
import { agentStatus } from './reported-status.ts';
import type { SimulatedHost } from './simulated-host.ts';

export type Member = {
  readonly host: SimulatedHost;
  readonly address: { readonly ip: string; readonly port: number };
  readonly certificate: () => string;
};

export type FleetView = {
  readonly members: readonly Member[];
  readonly byId: ReadonlyMap<string, Member>;
  readonly nowMs: () => number;
  readonly startMs: number;
};

const versions = (): object => ({ current_version: '2.6', supported_versions: ['1.0', ...API_VERSIONS], simulator: 'plumbline' });

const perClass = (make: (image: ClassImage) => string): ((image: ClassImage) => string) => {
  const made = new Map<string, string>();
  return (image) => {
    const known = made.get(image.hostClass.id);
    if (known !== undefined) return known;
    const text = make(image);
    made.set(image.hostClass.id, text);
    return text;
  };
};

/** The verifier's half of the management API. Read-only: every other verb gets an empty 405. */
export const verifierApi = (fleet: FleetView): ((ask: Ask) => Answer) => {
  const runtime = perClass((image) => runtimePolicy(image, fleet.startMs));
  const measuredBoot = perClass(measuredBootPolicy);
  const ids = fleet.members.map(({ host }) => host.id);
  const status = (member: Member): object => agentStatus(member.host, member.address, fleet.nowMs(), fleet.startMs);

  const agents = (name: string, ask: Ask): Answer => {
    if (name === '') {
      if (ask.query.get('bulk') !== 'true') return success({ uuids: ids.map((id) => [id]) });
      if ((ask.query.get('verifier') ?? 'default') !== 'default') return success({});
      return success(Object.fromEntries(fleet.members.map((member) => [member.host.id, status(member)])));
    }
    const member = fleet.byId.get(name);
    return member === undefined ? refusal(404, 'agent id not found') : success(status(member));
  };
  const policy = (name: string, listKey: string, kind: string, show: (member: Member) => object): Answer => {
    if (name === '') return success({ [listKey]: ids });
    const member = fleet.byId.get(name);
    return member === undefined ? refusal(404, `${kind} ${name} not found`) : success(show(member));
  };

  return (ask) => {
    if (ask.path === '/version' || ask.path === '/versions') return success(versions());
    const route = routeOf(ask.path);
    const match = /^(agents|allowlists|mbpolicies)\/([^/]*)$/.exec(route ?? '');
    if (match === null) return empty(404);
    if (ask.method !== 'GET') return empty(405);
    const [, kind = '', encoded = ''] = match;
    if (!ask.authenticated) return forbidden(`list_${kind}`);
    const name = decodeURIComponent(encoded);
    if (kind === 'agents') return agents(name, ask);
    if (kind === 'allowlists') {
      return policy(name, 'runtimepolicy names', 'Runtime policy', ({ host }) => ({
        name,
        tmp_policy: null,
        runtime_policy: runtime(host.image),
      }));
    }
    return policy(name, 'mbpolicy names', 'Measured boot policy', ({ host }) => ({ name, mb_policy: measuredBoot(host.image) }));
  };
};

const registration = ({ host, address, certificate }: Member): object => ({
  agent_id: host.id,
  ek_tpm: host.ekTpm2b().toString('base64'),
  ekcert: host.ekCertificate().toString('base64'),
  aik_tpm: host.akTpm2b().toString('base64'),
  ip: address.ip,
  port: address.port,
  mtls_cert: certificate(),
  regcount: 1 + ((createHash('sha256').update(host.id).digest()[0] ?? 0) % 3),
});

/** The registrar's half. */
export const registrarApi =
  (fleet: FleetView) =>
  (ask: Ask): Answer => {
    if (ask.path === '/version' || ask.path === '/versions') return success(versions());
    const match = /^agents\/([^/]*)$/.exec(routeOf(ask.path) ?? '');
    if (match === null) return empty(404);
    if (ask.method !== 'GET') return empty(405);
    if (!ask.authenticated) return forbidden('list_registrations');
    const name = decodeURIComponent(match[1] ?? '');
    if (name === '') return success({ uuids: fleet.members.map(({ host }) => host.id) });
    const member = fleet.byId.get(name);
    return member === undefined ? refusal(404, `Agent with ID '${name}' not found`) : success(registration(member));
  };
