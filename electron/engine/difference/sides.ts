import type { DifferenceAsk, DifferenceOffer, DifferenceSide, DifferenceWith } from '../../../shared/contract/difference-schemas.ts';
import type { PcrRow } from '../../../shared/contract/schemas.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { BANKS } from '../../evidence/hashing.ts';
import { parseBundle } from '../../evidence/index.ts';
import { parseAttest } from '../../evidence/tpm/attest.ts';
import type { PcrValues } from '../../evidence/types.ts';
import type { PackedEvidence } from '../../store/packed-evidence.ts';
import type { TrustedSpan } from '../../store/past-evidence.ts';
import type { Readers } from '../../store/readers.ts';
import { type KeptDetail, readKeptDetail } from '../kept-detail.ts';
import type { Proof } from './compared.ts';
import { nearestPeer } from './peers.ts';

export type SideStore = Pick<Readers, 'hosts' | 'evidence' | 'past'>;
export type Side = { readonly shown: DifferenceSide; readonly evidence: PackedEvidence | null; readonly proof: Proof };
export type HostNow = {
  readonly id: string;
  readonly row: DifferenceSide & { readonly evidenceAtMs: number | null };
  readonly kept: KeptDetail;
};

const KIND_OF = { 'boot-events': 'event-log', programs: 'ima' } as const;
const DIGEST_OF = { 'boot-events': 'eventLog', programs: 'ima' } as const;
const LOG_WORDS = { 'boot-events': 'boot event log', programs: 'list of measured programs' } as const;
const OTHERS = 'Compare with one of the others that are offered.';

export const quotedOf = (rows: readonly PcrRow[]): PcrValues => {
  const values: PcrValues = {};
  for (const bank of BANKS) {
    const own = rows.filter((row) => row.bank === bank && row.quoted);
    if (own.length > 0) values[bank] = Object.fromEntries(own.map((row) => [row.index, row.value]));
  }
  return values;
};

/** A host as it is now; null where none is recorded, or what is recorded is of another version. */
export const hostNow = ({ hosts }: SideStore, id: string): HostNow | null => {
  const host = hosts.get(id);
  const kept = host === null ? null : readKeptDetail(host.detail, host.pulse);
  if (host === null || kept === null) return null;
  const { name, verdict, evidenceAtMs } = host.row;
  return {
    id,
    kept,
    row: { words: '', provenance: null, hostId: id, hostName: name, verdict, atMs: evidenceAtMs, sha256: null, evidenceAtMs },
  };
};

export const sideOfHost = ({ hosts }: SideStore, host: HostNow, log: DifferenceAsk['log'], words: string): Side => {
  const { evidenceAtMs: _at, ...row } = host.row;
  const evidence = hosts.packedEvidence(host.id, KIND_OF[log]);
  return {
    shown: { ...row, words, sha256: evidence?.sha256 ?? null },
    evidence,
    proof: { quoted: quotedOf(host.kept.detail.pcrs), provenIma: host.kept.provenIma },
  };
};

type Quote = { readonly resetCount: number | null; readonly pcrs: PcrValues };

/** What a kept quote says. It was verified when it came, which the trusted span rests on; it is not verified again here. */
const quoteOf = ({ evidence }: SideStore, hostId: string, sha256: string | null): Quote | null => {
  const found = sha256 === null ? null : evidence.quote(hostId, sha256);
  if (found?.state !== 'kept') return null;
  const bundle = parseBundle(Buffer.from(found.bytes).toString('utf8'));
  if (!bundle.ok) return null;
  return { resetCount: parseAttest(bundle.value.quote.attest).attest?.clock.resetCount ?? null, pcrs: bundle.value.pcrs };
};

/** Newest first; what is not kept any more is passed over, and told only if nothing else is there. */
const pastSide = (
  store: SideStore,
  host: HostNow,
  log: DifferenceAsk['log'],
  words: string,
  fits: (span: TrustedSpan, quote: Quote | null) => boolean,
): Result<Side> => {
  let gone: TrustedSpan | null = null;
  for (const span of store.past.trusted(host.id)) {
    const quote = quoteOf(store, host.id, span.quote);
    const sha256 = span[DIGEST_OF[log]];
    if (sha256 === null || !fits(span, quote)) continue;
    const evidence = store.evidence.packed(sha256);
    if (evidence === null) {
      gone ??= span;
      continue;
    }
    const { row } = host;
    const shown: DifferenceSide = {
      words,
      provenance: null,
      hostId: host.id,
      hostName: row.hostName,
      verdict: 'trusted',
      atMs: span.evidenceAtMs ?? span.fromMs,
      sha256,
    };
    // How far a quote reached into the list is kept of the newest observation alone.
    return ok({ shown, evidence, proof: { quoted: quote?.pcrs ?? null, provenIma: null } });
  }
  return gone === null
    ? fail('none-earlier', `There is no ${words.replace('the ', '')} with a ${LOG_WORDS[log]} in what is recorded.`, OTHERS)
    : fail('not-kept', `The ${LOG_WORDS[log]} of ${words} is not kept any more; it was deleted when its retention ended.`, OTHERS);
};

const WORDS = { 'previous-boot': 'the previous boot that was trusted', 'last-trusted': 'the last trusted observation' } as const;

export const otherSide = (store: SideStore, host: HostNow, ask: Pick<DifferenceAsk, 'with' | 'peer' | 'log'>): Result<Side> => {
  const { kept, row } = host;
  if (ask.with === 'reference') {
    const wanted = ask.log === 'programs' ? 'runtime' : 'measured-boot';
    const source = kept.detail.references.find(({ kind }) => kind === wanted);
    if (source === undefined)
      return fail('no-reference', `There is no reference value for the ${LOG_WORDS[ask.log]} of this host.`, OTHERS);
    const shown = {
      words: 'the reference values',
      provenance: visibleText(source.provenance, 200),
      hostId: null,
      hostName: null,
      verdict: null,
      atMs: source.obtainedAtMs,
      sha256: source.sha256,
    };
    const evidence = ask.log === 'programs' ? store.hosts.packedEvidence(host.id, 'runtime-reference') : null;
    return ok({ shown, evidence, proof: { quoted: null, provenIma: null } });
  }
  if (ask.with === 'previous-boot') {
    const now = kept.detail.clocks.resetCount;
    const log = store.hosts.packedEvidence(host.id, 'event-log')?.sha256 ?? null;
    // Where the quote is gone, another log can only be of another boot; the same log tells nothing.
    return pastSide(store, host, ask.log, WORDS[ask.with], (span, quote) =>
      quote === null || quote.resetCount === null || now === null ? span.eventLog !== log : quote.resetCount !== now,
    );
  }
  if (ask.with === 'last-trusted')
    return pastSide(store, host, ask.log, WORDS[ask.with], (span) => span.evidenceAtMs === null || span.evidenceAtMs !== row.evidenceAtMs);
  const peer = ask.peer ?? nearestPeer(store, host.id);
  const other = peer === null || peer === host.id ? null : hostNow(store, peer);
  if (other === null)
    return ask.peer === null
      ? fail('no-peer', 'No other host of the same class is trusted.', OTHERS)
      : fail('no-peer', 'There is no such host to compare with.', 'Choose another host.');
  const side = sideOfHost(store, other, ask.log, other.row.hostName ?? other.id);
  return side.evidence === null
    ? fail('no-evidence', `${side.shown.words} has no ${LOG_WORDS[ask.log]}.`, 'Choose another host.')
    : ok(side);
};

const OFFERED: readonly DifferenceWith[] = ['reference', 'previous-boot', 'last-trusted', 'peer'];

/** What the host could be held against, each with what it is or why it is not there. */
export const offersOf = (store: SideStore, host: HostNow, log: DifferenceAsk['log']): DifferenceOffer[] =>
  OFFERED.map((one) => {
    const side = otherSide(store, host, { with: one, peer: null, log });
    return { with: one, available: side.ok, words: side.ok ? side.value.shown.words : side.problem.message };
  });
