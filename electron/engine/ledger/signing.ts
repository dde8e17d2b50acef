import { randomBytes, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ok, type Result } from '../../../shared/model/result.ts';
import { makeVerifierKey, parseVerifierKey, type VerifierKey } from '../../ledger/verifier-key.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import type { Store } from '../../store/store.ts';
import type { LedgerKeys } from './key-file.ts';

export type Signer = { readonly privateKey: KeyObject; readonly key: VerifierKey };

export type Signing = {
  /** Verifier keys that the ledger itself names, newest first. */
  readonly named: () => readonly VerifierKey[];
  /** The key to sign with: made where there is none, and put in its place where a rotation was cut off. */
  readonly open: () => Result<Signer>;
};

const MAX_KEYS = 100;
const bodySchema = z.union([
  z.object({ new: z.string() }).transform((body) => body.new),
  z.object({ key: z.string() }).transform((body) => body.key),
]);

const isKey = (key: KeyObject | null, known: VerifierKey | null): boolean => {
  const own = key === null || known === null ? null : makeVerifierKey(known.name, key);
  return own?.ok === true && own.value.text === known?.text;
};

export const createSigning = (ledger: Pick<Store['ledger'], 'list' | 'append'>, keys: LedgerKeys): Signing => {
  const named = (): readonly VerifierKey[] =>
    ledger.list({ kind: 'key' }, 0, MAX_KEYS).rows.flatMap(({ body }) => {
      const text = bodySchema.safeParse(body);
      const key = text.success ? parseVerifierKey(text.data) : null;
      return key?.ok === true ? [key.value] : [];
    });

  /**
   * A rotation may have been cut off. The ledger decides: where it names the next key, that one is put in its place now; where it names the other
   * one, the next key was never in force, and goes. Null where there is nothing to finish.
   */
  const finishRotation = (known: VerifierKey | null): Result<Signer> | null => {
    const next = keys.next.load();
    if (next.ok && next.value === null) return null;
    if (next.ok && next.value !== null && known !== null && isKey(next.value, known)) {
      // Where this fails the key is still there under its other name, and the next start tries again.
      keys.next.promote();
      return ok({ privateKey: next.value, key: known });
    }
    const loaded = keys.load();
    if (known !== null && !(loaded.ok && isKey(loaded.value, known))) return next.ok ? null : next;
    try {
      keys.next.drop();
    } catch {
      // It has signed nothing and is named nowhere; the next rotation needs its place and says so.
    }
    return null;
  };

  const open = (): Result<Signer> => {
    const known = named()[0] ?? null;
    const finished = finishRotation(known);
    if (finished !== null) return finished;
    const loaded = keys.load();
    if (!loaded.ok) return loaded;
    const made = loaded.value === null ? keys.create() : ok(loaded.value);
    if (!made.ok) return made;
    const privateKey = made.value;
    // A name that no other ledger has, and which tells nothing of whoever keeps it.
    const key = makeVerifierKey(known?.name ?? `plumbline.invalid/ledger/${randomBytes(8).toString('hex')}`, privateKey);
    if (!key.ok) return key;
    if (known?.text === key.value.text) return ok({ privateKey, key: key.value });
    const why = known === null ? 'the first start' : 'the key that signed until now is not there any more';
    ledger.append({
      who: BY_ITSELF,
      kind: 'key.created',
      subject: 'ledger key',
      body: { key: key.value.text, before: known?.text ?? null, why },
    });
    return ok({ privateKey, key: key.value });
  };

  return { named, open };
};
