import { BANK_PREFERENCE, DIGEST_SIZE, asBuffer } from '../hashing.ts';
import type { Bank, BootEvent, EventLogFacts } from '../types.ts';
import { commonRun } from './align.ts';

export type Pair = {
  readonly status: 'same' | 'changed' | 'moved' | 'added' | 'removed';
  readonly a: BootEvent | null;
  readonly b: BootEvent | null;
};

export const commonBanks = (a: EventLogFacts, b: EventLogFacts): readonly Bank[] =>
  BANK_PREFERENCE.filter((bank) => a.algorithms.includes(bank) && b.algorithms.includes(bank));

const SHA1_HEADER = 32;

/** Whether the log has digests of algorithms that are not known here; its head says so, which is read first. */
export const hasUnknownDigests = (facts: EventLogFacts): boolean => facts.problems[0]?.code === 'log-algorithm';

/** The data of an event in the bytes of its log; null where the bytes are not those of the log, or digests of unknown length precede it. */
const rawOf = (bytes: Uint8Array | undefined, facts: EventLogFacts, event: BootEvent): Buffer | null => {
  if (bytes === undefined || hasUnknownDigests(facts)) return null;
  const digests = facts.algorithms
    .filter((bank) => event.digests[bank] !== undefined)
    .reduce((sum, bank) => sum + 2 + DIGEST_SIZE[bank], 0);
  const start = event.offset + (facts.format === 'sha1' || event.index === 0 ? SHA1_HEADER : 16 + digests);
  return start + event.dataLength <= bytes.length ? asBuffer(bytes.subarray(start, start + event.dataLength)) : null;
};

export type Reading = {
  readonly banks: readonly Bank[];
  readonly a: EventLogFacts;
  readonly b: EventLogFacts;
  readonly raw?: { readonly a: Uint8Array; readonly b: Uint8Array } | undefined;
};

/** What the log says in words about an event; compared where the bytes are not at hand. */
const wordsOf = (event: BootEvent): string =>
  JSON.stringify([event.dataLength, event.summary, event.text, event.variable?.valueHex, event.meaning.facts]);

const HOLDS_ADDRESSES: ReadonlySet<string> = new Set([
  'EV_EFI_BOOT_SERVICES_APPLICATION',
  'EV_EFI_BOOT_SERVICES_DRIVER',
  'EV_EFI_RUNTIME_SERVICES_DRIVER',
  'EV_EFI_HANDOFF_TABLES',
  'EV_EFI_HANDOFF_TABLES2',
]);

/** Equal digests with other words: the description was edited, or is of something that no digest covers. */
const sameContent = (a: BootEvent, b: BootEvent, reading: Reading): boolean => {
  if (a.claimedType !== b.claimedType || a.dataLength !== b.dataLength) return false;
  // Where an image or a table lay in memory is another place at every boot, and says nothing about what it was.
  if (HOLDS_ADDRESSES.has(a.claimedType)) return wordsOf(a) === wordsOf(b);
  const [rawA, rawB] = [rawOf(reading.raw?.a, reading.a, a), rawOf(reading.raw?.b, reading.b, b)];
  if (rawA !== null && rawB !== null) return rawA.equals(rawB);
  return wordsOf(a) === wordsOf(b);
};

/** Equal keys were measured alike; of events that are never extended only the content counts. */
const keyOf = (event: BootEvent, reading: Reading, side: 'a' | 'b'): string =>
  event.claimedType === 'EV_NO_ACTION'
    ? `never ${rawOf(reading.raw?.[side], reading[side], event)?.toString('latin1') ?? wordsOf(event)}`
    : reading.banks.map((bank) => event.digests[bank] ?? '-').join(' ');

/** Pairs what is left over by what `identity` says it is, where that is unmistakable in both. */
const pairBy = (
  a: Set<BootEvent>,
  b: Set<BootEvent>,
  identity: (event: BootEvent) => string,
  each: (a: BootEvent, b: BootEvent) => void,
): void => {
  const group = (events: Iterable<BootEvent>): Map<string, BootEvent[]> => {
    const groups = new Map<string, BootEvent[]>();
    for (const event of events) {
      const key = identity(event);
      const list = groups.get(key);
      if (list === undefined) groups.set(key, [event]);
      else list.push(event);
    }
    return groups;
  };
  const others = group(b);
  for (const [key, mine] of group(a)) {
    const theirs = others.get(key) ?? [];
    if (mine.length !== theirs.length) continue;
    mine.forEach((event, i) => {
      const other = theirs[i];
      if (other === undefined) return;
      a.delete(event);
      b.delete(other);
      each(event, other);
    });
  }
};

/**
 * Aligns the events of one PCR: equal digests in order first, then the same digest elsewhere (moved), then the same thing with another
 * digest (changed): the same variable or file, else the same kind of event in the same gap between equal ones.
 */
export const alignPcr = (a: readonly BootEvent[], b: readonly BootEvent[], reading: Reading): readonly Pair[] => {
  const keysA = a.map((event) => keyOf(event, reading, 'a'));
  const keysB = b.map((event) => keyOf(event, reading, 'b'));
  const matches = commonRun(keysA, keysB);
  const partner = new Map<BootEvent, Pair>();
  const link = (status: Pair['status'], left: BootEvent, right: BootEvent): void => {
    const pair: Pair = { status, a: left, b: right };
    partner.set(left, pair);
    partner.set(right, pair);
  };
  const leftA = new Set(a);
  const leftB = new Set(b);
  const gap = new Map<BootEvent, number>();
  const mark = (events: readonly BootEvent[], side: 0 | 1): void => {
    let passed = 0;
    events.forEach((event, index) => {
      if (matches[passed]?.[side] === index) passed += 1;
      else gap.set(event, passed);
    });
  };
  mark(a, 0);
  mark(b, 1);
  for (const [i, j] of matches) {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) continue;
    leftA.delete(left);
    leftB.delete(right);
    link(sameContent(left, right, reading) ? 'same' : 'changed', left, right);
  }
  const digestKeys = new Map<BootEvent, string>();
  a.forEach((event, i) => digestKeys.set(event, keysA[i] ?? ''));
  b.forEach((event, i) => digestKeys.set(event, keysB[i] ?? ''));
  pairBy(
    leftA,
    leftB,
    (event) => digestKeys.get(event) ?? '',
    (x, y) => link('moved', x, y),
  );
  const changed = (x: BootEvent, y: BootEvent): void => link('changed', x, y);
  pairBy(leftA, leftB, (event) => `${gap.get(event) ?? ''} ${event.claimedType} ${event.meaning.subject}`, changed);
  pairBy(leftA, leftB, (event) => `${event.claimedType} ${event.meaning.subject}`, changed);
  pairBy(leftA, leftB, (event) => `${gap.get(event) ?? ''} ${event.claimedType} ${event.meaning.kind}`, changed);
  return inOrder(a, b, partner);
};

/** In the order of B; what is only in A stands where it was missed. */
const inOrder = (a: readonly BootEvent[], b: readonly BootEvent[], partner: ReadonlyMap<BootEvent, Pair>): readonly Pair[] => {
  const pairs: Pair[] = [];
  let next = 0;
  const removedUpTo = (end: number): void => {
    for (; next < end; next += 1) {
      const event = a[next];
      if (event !== undefined && !partner.has(event)) pairs.push({ status: 'removed', a: event, b: null });
    }
  };
  const placeInA = new Map(a.map((event, index) => [event, index]));
  for (const event of b) {
    const pair = partner.get(event);
    const earlier = pair === undefined || pair.status === 'moved' ? null : pair.a;
    if (earlier !== null) removedUpTo(placeInA.get(earlier) ?? 0);
    pairs.push(pair ?? { status: 'added', a: null, b: event });
  }
  removedUpTo(a.length);
  return pairs;
};
