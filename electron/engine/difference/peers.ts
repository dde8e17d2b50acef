import type { CallInput, CallOutput } from '../../../shared/contract/contract.ts';
import type { PcrRow } from '../../../shared/contract/schemas.ts';
import type { PeerRow } from '../../store/past-evidence.ts';
import type { Readers } from '../../store/readers.ts';
import { readKeptDetail } from '../kept-detail.ts';

type PeerStore = Pick<Readers, 'hosts' | 'past'>;

/** Hosts whose registers are looked at; each takes about a millisecond. */
const MAX_LOOKED_AT = 32;

const pcrsOf = ({ hosts }: PeerStore, id: string): readonly PcrRow[] => {
  const host = hosts.get(id);
  return host === null ? [] : (readKeptDetail(host.detail, host.pulse)?.detail.pcrs ?? []);
};

/** How many registers that both quoted differ; PCR 10 is left out, which differs with every file that was used. */
const differingPcrs = (a: readonly PcrRow[], b: readonly PcrRow[]): number | null => {
  const own = new Map(a.filter((row) => row.quoted && row.index !== 10).map((row) => [`${row.bank} ${row.index}`, row.value]));
  const shared = b.filter((row) => row.quoted && own.has(`${row.bank} ${row.index}`));
  return shared.length === 0 ? null : shared.filter((row) => own.get(`${row.bank} ${row.index}`) !== row.value).length;
};

type Ranked = PeerRow & { readonly differing: number | null };

/** Trusted ones first, by how few registers differ; of equal ones those of the same site. */
const ranked = (store: PeerStore, id: string, text: string): readonly Ranked[] => {
  const mine = pcrsOf(store, id);
  const rows = store.past
    .peers(id, text, MAX_LOOKED_AT)
    .map((row): Ranked => ({ ...row, differing: differingPcrs(mine, pcrsOf(store, row.id)) }));
  const far = (row: Ranked): number => (row.verdict === 'trusted' ? 0 : 1_000) + (row.differing ?? 500);
  return rows.toSorted((a, b) => far(a) - far(b));
};

/** The trusted host of the same class whose registers differ least; null = there is none. */
export const nearestPeer = (store: PeerStore, id: string): string | null => {
  const [first] = ranked(store, id, '');
  return first?.verdict === 'trusted' ? first.id : null;
};

export const peersOf = (store: PeerStore, { id, text }: CallInput<'hosts.peers'>): CallOutput<'hosts.peers'> => ({
  hostClass: store.hosts.get(id)?.row.hostClass ?? null,
  rows: [...ranked(store, id, text ?? '')],
});
