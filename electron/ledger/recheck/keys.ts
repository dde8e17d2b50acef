import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { LedgerEntry } from '../entry.ts';
import { readKeyCreated, readKeyRotated } from '../entry-bodies.ts';
import { type Note, isBy, verifySignature } from '../note.ts';
import type { VerifierKey } from '../verifier-key.ts';
import type { Problems } from './problems.ts';

type Rotation = { readonly seq: number; readonly old: VerifierKey; readonly next: VerifierKey };

export type Keys = {
  readonly entry: (entry: LedgerEntry) => void;
  /** Whether a checkpoint of the ledger itself is signed as it must be at its size. `fits` says whether its root is that of the entries. */
  readonly checkpoint: (note: Note, size: number, fits: () => boolean) => boolean;
  /** Whether any known key signed a note that was kept elsewhere. */
  readonly signedByKnown: (note: Note) => boolean;
  readonly chain: () => readonly VerifierKey[];
  readonly end: () => void;
};

/**
 * Which key may sign at which size. The first is pinned, or believed on first use; each further one is introduced by a `key.rotated` entry
 * under a checkpoint that the old key signed, too. Somebody who has the old key can rotate, and nothing here can tell whether they may.
 */
export const createKeys = (pinned: readonly VerifierKey[], problems: Problems): Keys => {
  const known: VerifierKey[] = [...pinned];
  const chain: VerifierKey[] = [];
  const retired = new Set<string>();
  const told = new Set<string>();
  let rotation: Rotation | null = null;

  const learn = (key: VerifierKey): void => {
    if (!known.some(({ text }) => text === key.text)) known.push(key);
  };
  /** Every later checkpoint has the same fault; it is told once. */
  const swapped = (about: string, sentence: string): false => {
    if (!told.has(about)) problems.add('key-swapped', sentence);
    told.add(about);
    return false;
  };

  const rotated = (entry: LedgerEntry): void => {
    const read = readKeyRotated(entry.body);
    if (!read.ok) return problems.add('key-entry', read.problem.message, { seq: entry.seq });
    const inForce = rotation?.next ?? chain.at(-1) ?? null;
    if (inForce !== null && inForce.text !== read.value.old.text)
      return problems.add('key-swapped', `Entry ${entry.seq} rotates a key that was not in force.`, { seq: entry.seq });
    learn(read.value.old);
    learn(read.value.next);
    rotation = { seq: entry.seq, ...read.value };
  };

  const created = (entry: LedgerEntry): void => {
    const read = readKeyCreated(entry.body);
    // Learning is not trusting: it lets a signature be verified, and be called swapped.
    if (read.ok) learn(read.value);
    else problems.add('key-entry', read.problem.message, { seq: entry.seq });
  };

  /** Keys whose signatures are on the note and fit; null where one by a known key does not fit. */
  const signersOf = (note: Note): readonly VerifierKey[] | null => {
    const signers: VerifierKey[] = [];
    for (const signature of note.signatures) {
      const key = known.find((one) => one.type === 'ed25519' && isBy(signature, one));
      if (key !== undefined && !verifySignature(note.text, signature, key)) return null;
      if (key !== undefined) signers.push(key);
    }
    return signers;
  };

  const underRotation = ({ seq, old, next }: Rotation, has: (key: VerifierKey) => boolean, fits: () => boolean): boolean => {
    const name = visibleText(next.text, 120);
    if (!has(old)) return swapped(next.text, `The key ${name} of entry ${seq} was not signed in by the key before it.`);
    if (!has(next))
      return swapped(`late ${next.text}`, `Entry ${seq} puts the key ${name} in force, but the checkpoint after it does not use it.`);
    if (!fits()) return true;
    if (chain.length === 0) chain.push(old);
    chain.push(next);
    retired.add(old.text);
    rotation = null;
    return true;
  };

  const checkpoint: Keys['checkpoint'] = (note, size, fits) => {
    const signers = signersOf(note);
    const has = (key: VerifierKey): boolean => signers?.some(({ text }) => text === key.text) === true;
    if (signers === null) {
      problems.add('checkpoint-forged', `A signature of the checkpoint at ${size} entries does not fit its text.`);
      return false;
    }
    const [first] = signers;
    if (first === undefined) {
      const names = note.signatures.map(({ name, keyId }) => `${name}+${keyId.toString(16).padStart(8, '0')}`).join(', ');
      return swapped(
        names,
        `From ${size} entries on, checkpoints are signed by a key that nothing introduced: ${visibleText(names, 120)}.`,
      );
    }
    if (rotation !== null && size > rotation.seq) return underRotation(rotation, has, fits);
    const inForce = chain.at(-1);
    if (inForce !== undefined && has(inForce)) return true;
    // Several keys may be pinned, such as one that replaced a lost one; a key that was rotated out stays out.
    const other = signers.find(({ text }) => !retired.has(text) && pinned.some((key) => key.text === text));
    if (inForce === undefined || other !== undefined) {
      chain.push(other ?? first);
      return true;
    }
    return swapped(
      first.text,
      `The checkpoint at ${size} entries is signed by a key that is not in force: ${visibleText(first.text, 120)}.`,
    );
  };

  const end = (): void => {
    const [first] = chain;
    if (first === undefined) return;
    if (pinned.length === 0)
      problems.notice('key-first-use', `The key ${visibleText(first.text, 120)} was believed because it came first.`);
    else if (!chain.some(({ text }) => pinned.some((key) => key.text === text)))
      swapped(first.text, `No pinned key signed this ledger; it is signed by ${visibleText(first.text, 120)}.`);
  };

  return {
    entry: (entry) => {
      if (entry.kind === 'key.rotated') rotated(entry);
      else if (entry.kind === 'key.created') created(entry);
    },
    checkpoint,
    signedByKnown: (note) => (signersOf(note)?.length ?? 0) > 0,
    chain: () => chain,
    end,
  };
};
