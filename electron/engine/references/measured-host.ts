import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { Measured } from '../../appraisal/reference-values/measured.ts';
import { parseEventLog, parseImaInSteps } from '../../evidence/index.ts';
import type { ImaEntry } from '../../evidence/types.ts';
import type { EvidenceKind } from '../../store/host-readers.ts';
import type { Store } from '../../store/store.ts';
import { breath } from '../breath.ts';
import { type KeptDetail, readKeptDetail } from '../kept-detail.ts';
import { readStanding, type Standing } from '../standing.ts';
import { unpackEvidence } from '../unpack-evidence.ts';

/** A host whose kept evidence is authentic and current, with what it proves. */
export type MeasuredHost = {
  readonly id: string;
  readonly name: string;
  readonly verdict: string;
  readonly receivedAtMs: number;
  readonly endpoint: string;
  readonly standing: Standing;
  readonly kept: KeptDetail;
  readonly measured: Measured;
};

const refused = (name: string, why: string): Result<never> =>
  fail('not-verified', `${name} cannot be taken as a model: ${why}`, 'Choose a host whose evidence holds.');

/** Registers whose events replay to the quoted value in every bank that the log knows. */
const provenPcrs = ({ detail }: KeptDetail): ReadonlySet<number> => {
  const rows = detail.pcrs.filter((row) => row.quoted && row.replayed !== null);
  const wrong = new Set(rows.filter((row) => row.replayed !== row.value).map((row) => row.index));
  return new Set(rows.filter((row) => row.bank === 'sha256' && !wrong.has(row.index)).map((row) => row.index));
};

const imaEntries = async (bytes: Uint8Array): Promise<Iterable<ImaEntry>> => {
  const steps = parseImaInSteps(bytes);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value.ok ? step.value.value.entries : [];
    await breath();
  }
};

function* upTo(entries: Iterable<ImaEntry>, proven: number): Generator<ImaEntry> {
  for (const entry of entries) if (entry.index < proven && !entry.violation && entry.templateHashOk === true) yield entry;
}

/** What the evidence that is kept of a host proves. It was verified when it came; its registers and how far the quote reached were kept. */
export const measuredHost = async (store: Pick<Store, 'hosts' | 'standings'>, id: string): Promise<Result<MeasuredHost>> => {
  const host = store.hosts.get(id);
  const kept = host === null ? null : readKeptDetail(host.detail, host.pulse);
  const standing = readStanding(store.standings.one(id)?.standing ?? null, host?.pulse ?? null);
  if (host === null || kept === null || standing === null) return refused(visibleText(id, 200), 'nothing is recorded of it.');
  const { name, verdict, endpoint } = host.row;
  const { facts, receivedAtMs } = standing.now;
  if (facts.missing !== null || receivedAtMs === null) return refused(name, 'its last answer brought no evidence.');
  if (verdict === 'stale') return refused(name, 'its evidence is too old.');
  if (facts.links.find((link) => link.link === 'hardware')?.verdict !== 'trusted')
    return refused(name, 'its quote is not proven to be of its own TPM.');
  const [contradiction] = facts.failures;
  if (contradiction !== undefined) return refused(name, contradiction.message);
  const read = async (kind: EvidenceKind): Promise<Uint8Array> => {
    const found = store.hosts.packedEvidence(id, kind);
    return found === null ? new Uint8Array() : unpackEvidence(found);
  };
  const log = parseEventLog(await read('event-log'));
  const entries = await imaEntries(await read('ima'));
  const proven = provenPcrs(kept);
  const measured: Measured = {
    events: log.ok ? log.value.events.filter((event) => proven.has(event.pcr)) : [],
    files: { [Symbol.iterator]: () => upTo(entries, kept.provenIma ?? 0) },
  };
  return ok({ id, name, verdict, endpoint, receivedAtMs, standing, kept, measured });
};
