import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { signCheckpoint } from '../../ledger/checkpoint.ts';
import { keyRotatedBody } from '../../ledger/entry-bodies.ts';
import type { Who } from '../../ledger/entry.ts';
import { makeVerifierKey, type VerifierKey } from '../../ledger/verifier-key.ts';
import type { Store } from '../../store/store.ts';
import type { HeadFile } from './head-file.ts';
import type { LedgerKeys } from './key-file.ts';
import type { Signer } from './signing.ts';

export type RotationOptions = {
  readonly ledger: Pick<Store['ledger'], 'sealEntry'>;
  readonly keys: LedgerKeys;
  readonly head: HeadFile;
  readonly nowMs: () => number;
  readonly who: Who;
  readonly reason: string;
  readonly old: Signer;
};

/**
 * Puts a new key in force, in steps; after each one everything may end, and the next start finds a ledger that holds:
 *
 * 1. The new key is kept beside the old one. Cut off here, the ledger does not name it, and it is dropped.
 * 2. In one transaction, on the disk before it returns, the ledger names it and both keys sign the tree. From here on it is the key.
 *    Cut off here, it lies under its other name, and the next start puts it in its place.
 * 3. The newest checkpoint is kept beside the database, as after each seal.
 * 4. It takes the place of the old one, which is gone then.
 *
 * Gives who signs from now on after each step.
 */
export function* rotation({ ledger, keys, head, nowMs, who, reason, old }: RotationOptions): Generator<Signer, Result<VerifierKey>> {
  const made = keys.next.create();
  if (!made.ok) return made;
  const next = makeVerifierKey(old.key.name, made.value);
  if (!next.ok) return next;
  yield old;
  const signer = { privateKey: made.value, key: next.value };
  const detail = `The ledger is signed by a new key from now on: ${reason}`;
  const body = keyRotatedBody(old.key, next.value, { reason, detail });
  const sealed = ledger.sealEntry({ who, kind: 'key.rotated', subject: 'ledger key', body }, nowMs(), (tree) =>
    signCheckpoint({ origin: old.key.name, ...tree }, [{ privateKey: old.privateKey }, { privateKey: made.value }]),
  );
  if (!sealed.ok) {
    keys.next.drop();
    return sealed;
  }
  yield signer;
  try {
    head.write(sealed.value.note);
  } catch {
    // The next seal writes it again.
  }
  yield signer;
  const promoted = keys.next.promote();
  if (promoted.ok) return ok(next.value);
  const { message } = promoted.problem;
  return fail('ledger-key-both', `The new key is in force, but the old one is not deleted yet. ${message}`, 'The next start tries again.');
}
