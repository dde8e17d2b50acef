import { createHash } from 'node:crypto';
import type { Handlers } from '../../../shared/contract/contract.ts';
import type { ReferenceDecision, ReferenceProposal } from '../../../shared/contract/reference-schemas.ts';
import type { ReferenceSet } from '../../../shared/model/reference-set.ts';
import { fail, ok, type Problem, type Result } from '../../../shared/model/result.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import { problemInQuery } from '../../appraisal/manifest/host-query.ts';
import { checkedItems, countWords } from '../../appraisal/reference-values/items.ts';
import { createSeen, lintSets } from '../../appraisal/reference-values/lint.ts';
import type { Store } from '../../store/store.ts';
import { isSamePerson } from '../who.ts';
import { itemsOfPolicy } from './from-policy.ts';
import { differenceOf, itemsWith, reachOf } from './reach.ts';
import { type Found, foundByFailure, foundInGroup, foundOnHost, seenItems, shownWords } from './proposals.ts';

type ReferenceCalls = Extract<keyof Handlers, `references.${string}`>;

export type References = {
  readonly handlers: Pick<Handlers, ReferenceCalls>;
  /** What hosts are judged by in addition to what endpoints give; whether a set is valid now is asked for each host. */
  readonly approved: () => readonly ReferenceSet[];
};

export type ReferencesOptions = {
  readonly store: Pick<Store, 'references' | 'policy' | 'hosts' | 'standings'>;
  /** Who acts: the operating system's user, never empty. */
  readonly user: string;
  readonly nowMs: () => number;
  /** The manifest in force: its rule about approvals counts here too. */
  readonly manifest: () => Manifest;
  /** Called when other sets are approved. */
  readonly onChange: (approved: readonly ReferenceSet[]) => void;
};

type Proposal = Pick<ReferenceSet, 'name' | 'scope' | 'reason' | 'toMs' | 'replaces'>;
type How = ReferenceSet['provenance']['how'];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const refusal = ({ message, nextStep }: Problem): { state: 'refused'; message: string; nextStep: string } => ({
  state: 'refused',
  message,
  nextStep,
});
const notWaiting = (id: number): ReferenceDecision =>
  refusal({ code: '', message: `Reference set ${id} waits for no approval.`, nextStep: 'Look at the list of reference sets.' });

const withoutItems = ({ items, ...set }: ReferenceSet) => ({ ...set, contents: countWords(items) });

const refused = (message: string, nextStep: string): Problem => ({ code: 'reference-proposal', message, nextStep });

const imported = async (text: string, format: 'keylime-runtime' | 'keylime-measured-boot'): Promise<Result<Found>> => {
  const read = await itemsOfPolicy(text, format);
  if (!read.ok) return read;
  const { items, left } = read.value;
  const from = `Imported from a Keylime ${format === 'keylime-runtime' ? 'runtime policy' : 'measured-boot reference state'}`;
  return ok({ items, left, from, words: shownWords(items), deviating: [], cluster: [] });
};

/** Reading evidence that is damaged or gone is no bug of the caller's. */
const safely = async (find: () => Promise<Result<Found>>): Promise<Result<Found>> => {
  try {
    return await find();
  } catch {
    return fail('evidence-unreadable', 'The evidence that is kept cannot be read.', 'Ask the host again, then try again.');
  }
};

/** Reference values of our own: captured, imported, typed or promoted; proposed, approved, withdrawn. Nothing counts unapproved. */
export const createReferences = (options: ReferencesOptions): References => {
  const { store, user, nowMs } = options;
  const sets = store.references;

  const problemWith = ({ scope, toMs, replaces }: Proposal): Problem | null => {
    const wrong = scope === null ? null : problemInQuery(scope);
    if (wrong !== null) return refused(`The scope cannot be read: ${wrong.message}`, wrong.suggestion ?? 'Correct the query.');
    if (toMs !== null && toMs <= nowMs()) return refused('It would have ended before it began.', 'Choose a later end.');
    const replaced = replaces === null ? null : sets.get(replaces);
    if (replaces !== null && replaced?.state !== 'approved')
      return refused(`Set ${replaces} is not approved, so nothing can replace it.`, 'Look at the list of reference sets.');
    return null;
  };

  const note = (kind: string, id: number, detail: string): void =>
    store.policy.note({ who: user, kind, subject: `reference set ${id}`, detail });

  /** `document`: what the items were read from; null = they are the source themselves. */
  const propose = (proposal: Proposal, how: How, found: Result<Found>, document: string | null): ReferenceProposal => {
    if (!found.ok) return refusal(found.problem);
    const wrong = problemWith(proposal);
    if (wrong !== null) return refusal(wrong);
    const items = checkedItems(found.value.items);
    if (!items.ok) return refusal(items.problem);
    const { from, words, left, deviating, cluster } = found.value;
    const atMs = nowMs();
    const { name, scope, reason, toMs, replaces } = proposal;
    const provenance = { how, words: from, sha256: sha256(document ?? JSON.stringify(items.value)) };
    const id = sets.propose(
      { name, scope, reason, toMs, replaces, items: items.value, provenance, fromMs: atMs, author: user, proposedAtMs: atMs },
      (made) => note('reference.proposed', made, reason),
    );
    return {
      state: 'proposed',
      id,
      contents: countWords(items.value),
      words: [...words],
      left: [...left],
      deviating: deviating.map((one) => ({ id: one.id, words: [...one.words] })),
      cluster: [...cluster],
    };
  };

  const approve = (id: number, reason: string): ReferenceDecision => {
    const set = sets.get(id);
    if (set?.state !== 'proposed') return notWaiting(id);
    if (isSamePerson(set.author, user) && options.manifest().activation.approvals === 2)
      return refusal({ code: '', message: `${user} proposed set ${id} and cannot approve it.`, nextStep: 'Ask a second person.' });
    const wrong = problemWith(set);
    if (wrong !== null) return refusal(wrong);
    sets.approve(id, user, nowMs(), () => {
      note('reference.approved', id, `Proposed by ${set.author}. ${reason}`);
      if (set.replaces !== null) note('reference.withdrawn', set.replaces, `Replaced by set ${id}. ${reason}`);
    });
    options.onChange(sets.approved());
    return { state: 'approved', id };
  };

  const withdraw = (id: number, reason: string): ReferenceDecision => {
    const set = sets.get(id);
    if (set === null || set.state === 'withdrawn')
      return refusal({
        code: '',
        message: `There is no set ${id} that could be withdrawn.`,
        nextStep: 'Look at the list of reference sets.',
      });
    sets.withdraw(id, user, nowMs(), () => note('reference.withdrawn', id, reason));
    if (set.state === 'approved') options.onChange(sets.approved());
    return { state: 'withdrawn', id };
  };

  return {
    approved: sets.approved,
    handlers: {
      'references.list': ({ offset, limit, state }) => {
        const { total, rows } = sets.list(state ?? null, offset, limit);
        return { total, rows: rows.map(withoutItems) };
      },
      'references.get': ({ id, offset, limit, text }) => {
        const set = sets.get(id);
        if (set === null) return null;
        const items = itemsWith(set.items, text ?? '');
        return { set: withoutItems(set), total: items.length, items: items.slice(offset, offset + limit) };
      },
      'references.compare': ({ id, to, offset, limit }) => {
        const set = sets.get(id);
        const against = to ?? set?.replaces ?? null;
        const other = against === null ? null : sets.get(against);
        return set === null || other === null ? null : differenceOf(set, other, offset, limit);
      },
      'references.reach': ({ id }) => {
        const set = sets.get(id);
        return set === null ? null : reachOf(store, set);
      },
      'references.capture': async ({ from, ...proposal }) =>
        'host' in from
          ? propose(proposal, 'captured-host', await safely(() => foundOnHost(store, from.host)), null)
          : propose(proposal, 'captured-group', await safely(() => foundInGroup(store, from.query, from.share)), null),
      'references.import': async ({ text, format, ...proposal }) => propose(proposal, 'imported', await imported(text, format), text),
      'references.propose': ({ items, ...proposal }) =>
        propose(
          proposal,
          'typed',
          ok({ items, from: `Typed by ${user}`, words: shownWords(items), left: [], deviating: [], cluster: [] }),
          null,
        ),
      'references.promote': async ({ host, ...proposal }) =>
        propose(proposal, 'promoted', await safely(() => foundByFailure(store, host, options.manifest())), null),
      'references.approve': ({ id, reason }) => approve(id, reason),
      'references.withdraw': ({ id, reason }) => withdraw(id, reason),
      'references.lint': async () => {
        const seen = createSeen();
        const hosts = await seenItems(store, seen.add);
        return { hosts, remarks: [...lintSets(sets.approved(), seen.has, nowMs())] };
      },
    },
  };
};
