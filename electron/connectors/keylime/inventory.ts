import { visibleText } from '../../../shared/model/hostile-text.ts';
import { ok, type Result } from '../../../shared/model/result.ts';
import type { Reported } from '../port.ts';
import { problem } from './failures.ts';
import { httpProblem, LIMITS, parseResults, type Deadline, type Service } from './http.ts';
import { unknownToVerifier } from './reported.ts';
import { AGENT_ID, agentStatusSchema, bulkSchema, registrarListSchema, versionSchema, type AgentStatus } from './schemas.ts';
import { negotiate, SPOKEN } from './versions.ts';

export type InventoryHost = {
  readonly id: string;
  /** null: only the registrar knows this host, or the verifier's entry cannot be read (then `oddity` says so). */
  readonly status: AgentStatus | null;
  readonly oddity: Reported | null;
};

export type Inventory = {
  readonly hosts: readonly InventoryHost[];
  readonly verifierVersion: string;
  readonly registrarVersion: string;
  readonly push: boolean;
  readonly demo: boolean;
  readonly notes: readonly string[];
};

type Greeting = { readonly version: string | null; readonly push: boolean; readonly demo: boolean };

const greet = async (service: Service, deadline: Deadline): Promise<Result<Greeting>> => {
  const reply = await service.get('/version', LIMITS.version, deadline);
  if (!reply.ok) return reply;
  // A verifier of the push model has no version to tell; its 2.x agent list works all the same.
  if (reply.value.status === 410) return ok({ version: null, push: true, demo: false });
  const results = parseResults(reply.value, service.who, 'its API versions', versionSchema);
  if (!results.ok) return results;
  const offered = results.value.supported_versions ?? [];
  const version = negotiate(offered);
  if (version !== null) return ok({ version, push: false, demo: results.value.simulator !== undefined });
  return {
    ok: false,
    problem: problem(
      'version-unsupported',
      `${service.who} offers only the API versions ${visibleText(offered.join(', ') || 'none', 100)}.`,
      'Plumbline speaks 2.0 to 2.6; update Keylime or Plumbline.',
    ),
  };
};

type Bulk = { readonly version: string; readonly entries: Readonly<Record<string, unknown>> };

const readBulk = async (verifier: Service, versions: readonly string[], deadline: Deadline): Promise<Result<Bulk>> => {
  let last: Result<Bulk> = {
    ok: false,
    problem: problem('version-unsupported', `${verifier.who} serves no API version from 2.0 to 2.6.`, 'Update Keylime or Plumbline.'),
  };
  for (const version of versions) {
    const reply = await verifier.get(`/v${version}/agents/?bulk=true`, LIMITS.list, deadline);
    if (!reply.ok) return reply;
    const results = parseResults(reply.value, verifier.who, 'its list of hosts', bulkSchema);
    if (results.ok) return ok({ version, entries: results.value });
    last = results;
    if (reply.value.status !== 404) return last;
  }
  return last;
};

const readRegistrar = async (
  registrar: Service,
  deadline: Deadline,
): Promise<Result<{ readonly version: string; readonly ids: readonly string[] }>> => {
  const greeting = await greet(registrar, deadline);
  if (!greeting.ok) return greeting;
  const { version } = greeting.value;
  if (version === null)
    return { ok: false, problem: httpProblem(registrar.who, 'its API versions', { status: 410, body: Buffer.alloc(0) }) };
  const reply = await registrar.get(`/v${version}/agents/`, LIMITS.list, deadline);
  if (!reply.ok) return reply;
  const list = parseResults(reply.value, registrar.who, 'its list of hosts', registrarListSchema);
  return list.ok ? ok({ version, ids: list.value.uuids.flat() }) : list;
};

const hostOf = (id: string, entry: unknown): InventoryHost => {
  if (entry === undefined) return { id, status: null, oddity: null };
  const status = agentStatusSchema.safeParse(entry);
  if (status.success) return { id, status: status.data, oddity: null };
  const field = visibleText(status.error.issues[0]?.path.map(String).join('.') ?? '', 80);
  return {
    id,
    status: null,
    oddity: { ...unknownToVerifier(), sentence: `The verifier's entry for this host cannot be read: field "${field}" is wrong.` },
  };
};

/** Every host that the verifier or the registrar knows. */
export const readInventory = async (verifier: Service, registrar: Service, deadline: Deadline): Promise<Result<Inventory>> => {
  const greeting = await greet(verifier, deadline);
  if (!greeting.ok) return greeting;
  const { version, push, demo } = greeting.value;
  const bulk = await readBulk(verifier, version === null ? SPOKEN : [version], deadline);
  if (!bulk.ok) return bulk;
  const registered = await readRegistrar(registrar, deadline);
  if (!registered.ok) return registered;
  const entries = new Map(Object.entries(bulk.value.entries));
  const all = [...new Set([...entries.keys(), ...registered.value.ids])];
  const usable = all.filter((id) => AGENT_ID.test(id));
  const notes = [
    ...(push ? ['This verifier runs in push mode: verdicts are shown as reported, evidence is not fetched yet.'] : []),
    ...(usable.length < all.length ? [`${all.length - usable.length} entries were skipped: their ids are not valid Keylime ids.`] : []),
  ];
  return ok({
    hosts: usable.map((id) => hostOf(id, entries.get(id))),
    verifierVersion: bulk.value.version,
    registrarVersion: registered.value.version,
    push,
    demo,
    notes,
  });
};
