import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';

/** Where the private key of the ledger is kept. */
export type LedgerKeys = {
  /** Null where there is none yet. */
  readonly load: () => Result<KeyObject | null>;
  /** Makes one and keeps it; fails where there is one already. */
  readonly create: () => Result<KeyObject>;
  /** The key that a rotation puts in force, until the ledger names it: beside the other one, so that neither is ever missing. */
  readonly next: {
    readonly load: () => Result<KeyObject | null>;
    /** Takes the place of one that never came to be in force. */
    readonly create: () => Result<KeyObject>;
    /** Makes it the key, in one step. The old one is gone then: what it was for is done, and a key that is not there cannot be stolen. */
    readonly promote: () => Result<null>;
    readonly drop: () => void;
  };
};

const NAME = 'ledger-key.pem';
const NEXT_NAME = 'ledger-key.next.pem';
const MAX_BYTES = 4_096;
const OTHERS = 0o077;

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const wordsOf = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 200);

const refused = (file: string, why: string): Result<never> =>
  fail(
    'ledger-key',
    `The key of the ledger, ${visibleText(file, 300)}, cannot be used: ${why}.`,
    'Put the right file back from a backup, or move it away: then a new key is made, and the ledger says so.',
  );

const load = (file: string): Result<KeyObject | null> => {
  try {
    const { size, mode } = statSync(file);
    if (size > MAX_BYTES) return refused(file, 'it is too large for a key');
    // Windows has no such bits; there the folder's rights hold.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) chmodSync(file, 0o600);
    const key = createPrivateKey(readFileSync(file));
    return key.asymmetricKeyType === 'ed25519' ? ok(key) : refused(file, 'it is not an Ed25519 key');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? ok(null) : refused(file, wordsOf(error));
  }
};

const create = (file: string): Result<KeyObject> => {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = openSync(file, 'wx', 0o600);
    try {
      writeSync(handle, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    syncFolder(path.dirname(file));
    return ok(privateKey);
  } catch (error) {
    return refused(file, wordsOf(error));
  }
};

/** A name is on the disk only when its folder is. Not every system can; there it is when the system likes. */
const syncFolder = (folder: string): void => {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Nothing better can be done.
  }
};

/** A file beside the database that only its owner can read. Whoever can read it can sign for this ledger. */
export const keyFile = (folder: string): LedgerKeys => {
  const file = path.join(folder, NAME);
  const next = path.join(folder, NEXT_NAME);
  const drop = (): void => rmSync(next, { force: true });
  return {
    load: () => load(file),
    create: () => create(file),
    next: {
      load: () => load(next),
      create: () => {
        try {
          drop();
        } catch (error) {
          return refused(next, wordsOf(error));
        }
        return create(next);
      },
      promote: () => {
        try {
          renameSync(next, file);
          syncFolder(folder);
          return ok(null);
        } catch (error) {
          return refused(file, wordsOf(error));
        }
      },
      drop,
    },
  };
};
