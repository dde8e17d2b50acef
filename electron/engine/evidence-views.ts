import type { CallInput, CallOutput } from '../../shared/contract/contract.ts';
import type { EventRow, ImaRow } from '../../shared/contract/schemas.ts';
import { imaJudge } from '../appraisal/chain/runtime.ts';
import type { RuntimeReference } from '../../shared/model/reference-values.ts';
import { parseEventLog, parseIma } from '../evidence/index.ts';
import type { EventLogFacts, ImaFacts } from '../evidence/types.ts';
import type { HostReaders } from '../store/host-readers.ts';
import { type KeptDetail, readKeptDetail } from './kept-detail.ts';
import { fromRuntimeReferenceBlob } from './runtime-reference-blob.ts';

/** Parsed evidence of the hosts looked at last, by content. Small: a screen shows one host at a time. */
const remember = <T>(limit: number, make: (bytes: Uint8Array) => T | null): ((sha256: string, bytes: () => Uint8Array) => T | null) => {
  const kept = new Map<string, T | null>();
  return (sha256, bytes) => {
    const hit = kept.get(sha256);
    if (hit !== undefined) return hit;
    const made = make(bytes());
    kept.set(sha256, made);
    const oldest = kept.keys().next().value;
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    return made;
  };
};

const matches = (needle: string | undefined, ...fields: string[]): boolean => {
  const words = (needle ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const text = fields.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
};

type View = {
  readonly text?: string | undefined;
  readonly onlyBroken?: boolean | undefined;
  readonly offset: number;
  readonly limit: number;
};
const page = <T extends { broke: unknown }>(rows: readonly T[], view: View, fields: (row: T) => string[]): { total: number; rows: T[] } => {
  const matching = rows.filter((row) => (view.onlyBroken !== true || row.broke !== null) && matches(view.text, ...fields(row)));
  return { total: matching.length, rows: matching.slice(view.offset, view.offset + view.limit) };
};

const bankOf = (log: EventLogFacts): 'sha256' | 'sha1' => (log.algorithms.includes('sha256') ? 'sha256' : 'sha1');

const eventRows = (log: EventLogFacts, kept: KeptDetail): EventRow[] => {
  const bank = bankOf(log);
  const pcrs = new Map(kept.detail.pcrs.filter((row) => row.bank === bank).map((row) => [row.index, row]));
  const broken = new Map(kept.brokenEvents.map((one) => [one.index, one]));
  return log.events.map((event): EventRow => {
    const pcr = pcrs.get(event.pcr);
    const broke = broken.get(event.index);
    return {
      index: event.index,
      pcr: event.pcr,
      claimedType: event.claimedType,
      digest: event.digests[bank] ?? '',
      bank,
      data: event.data,
      replayProven: pcr?.quoted && pcr.replayed !== null ? pcr.replayed === pcr.value : null,
      summary: event.summary,
      broke: broke ? { link: broke.link, reason: broke.reason, expected: broke.expected } : null,
    };
  });
};

export type EvidenceViews = {
  readonly events: (input: CallInput<'hosts.events'>) => CallOutput<'hosts.events'>;
  readonly ima: (input: CallInput<'hosts.ima'>) => CallOutput<'hosts.ima'>;
};

/** Boot events and measured programs of a host, parsed from the evidence as it was received. */
export const createEvidenceViews = (hosts: HostReaders): EvidenceViews => {
  const parsedLog = remember<EventLogFacts>(4, (bytes) => {
    const parsed = parseEventLog(bytes);
    return parsed.ok ? parsed.value : null;
  });
  const parsedIma = remember<ImaFacts>(2, (bytes) => {
    const parsed = parseIma(bytes);
    return parsed.ok ? parsed.value : null;
  });
  const parsedReference = remember<RuntimeReference>(4, fromRuntimeReferenceBlob);
  const keptOf = (id: string): KeptDetail | null => {
    const host = hosts.get(id);
    return host === null ? null : readKeptDetail(host.detail);
  };
  return {
    events: (input) => {
      const kept = keptOf(input.id);
      const blob = hosts.evidence(input.id, 'event-log');
      const log = blob === null ? null : parsedLog(blob.sha256, () => blob.bytes);
      if (kept === null || log === null) return { total: 0, rows: [] };
      return page(eventRows(log, kept), input, (row) => [row.summary, row.claimedType, row.digest, `pcr ${row.pcr}`]);
    },
    ima: (input) => {
      const kept = keptOf(input.id);
      const blob = hosts.evidence(input.id, 'ima');
      const list = blob === null ? null : parsedIma(blob.sha256, () => blob.bytes);
      if (kept === null || list === null) return { total: 0, rows: [] };
      const reference = hosts.evidence(input.id, 'runtime-reference');
      const judge = imaJudge(reference === null ? null : parsedReference(reference.sha256, () => reference.bytes), list.entries.at(0));
      const broken = new Map(kept.brokenIma.map((one) => [one.index, one]));
      const rows = Array.from(list.entries, (entry): ImaRow => {
        const broke = broken.get(entry.index);
        return {
          index: entry.index,
          template: entry.template,
          fileDigest: entry.fileDigest,
          path: entry.path,
          judged: judge(entry),
          proven: entry.index < (kept.provenIma ?? 0),
          broke: broke ? { link: broke.link, reason: broke.reason, expected: broke.expected } : null,
        };
      });
      return page(rows, input, (row) => [row.path, row.fileDigest, row.judged]);
    },
  };
};
