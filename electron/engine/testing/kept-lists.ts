import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { withFile } from '../../store/testing/file.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import type { HostRecord } from '../../store/records.ts';
import { openStore, type Store } from '../../store/store.ts';
import { listBlobOf } from '../evidence-blobs.ts';

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

/** Lines of an ASCII runtime measurement list, the same for the same host and place. */
export const lines = (count: number, host = 'web', from = 0): Buffer =>
  Buffer.from(
    Array.from({ length: count }, (_, at) => {
      const what = `${host} ${from + at}`;
      return `10 ${hex('sha1', what)} ima-ng sha256:${hex('sha256', what)} /usr/lib/${host}/library-${from + at}.so\n`;
    }).join(''),
  );

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const run = (steps: Iterable<void>): number => [...steps].length;

const sumSchema = z.object({ n: z.number().nullable() });
const TABLES = ['blob', 'blob_part', 'piece', 'stretch', 'stretch_piece', 'blob_stretch', 'loose_piece', 'loose_stretch'];

export type KeptLists = {
  readonly folder: string;
  readonly store: () => Store;
  /** A record of the host with this list, as it is made from what is kept of the host. */
  readonly recordOf: (id: string, list: Uint8Array, over?: Partial<HostRecord>) => HostRecord;
  /** Records the host with this list, from its pieces to what is not needed any more. */
  readonly keep: (id: string, list: Uint8Array, over?: Partial<HostRecord>) => void;
  readonly listOf: (id: string) => Uint8Array | undefined;
  readonly reopen: () => void;
  readonly number: (sql: string) => number;
  /** Bytes of all rows and index entries that evidence is kept in. */
  readonly bytes: () => number;
  /** Pieces and stretches that nothing refers to. */
  readonly orphans: () => number;
  readonly remove: () => void;
};

const openAt = (folder: string): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};

/** A store whose hosts have lists of measured programs. */
export const createKeptLists = (folder = mkdtempSync(path.join(tmpdir(), 'plumbline-lists-'))): KeptLists => {
  let store = openAt(folder);
  const number = (sql: string): number => withFile(folder, true, (db) => sumSchema.parse(db.prepare(sql).get()).n ?? 0);
  const recordOf: KeptLists['recordOf'] = (id, list, over) =>
    hostRecord({
      id,
      blobs: { eventLog: null, ima: listBlobOf(list, store.hosts.memory(id)?.kept ?? null), runtimeReference: null },
      ...over,
    });
  return {
    folder,
    store: () => store,
    recordOf,
    keep: (id, list, over) => {
      const record = recordOf(id, list, over);
      run(store.write.putLarge(record));
      store.write.recordHosts([record]);
      run(store.write.dropUnused());
    },
    listOf: (id) => store.hosts.evidence(id, 'ima')?.bytes,
    reopen: () => {
      store.close();
      store = openAt(folder);
    },
    number,
    bytes: () => {
      const names = TABLES.map((name) => `'${name}'`).join(', ');
      return number(`SELECT sum(payload) AS n FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name IN (${names}))`);
    },
    orphans: () =>
      number('SELECT count(*) AS n FROM piece WHERE id NOT IN (SELECT piece_id FROM stretch_piece)') +
      number('SELECT count(*) AS n FROM stretch WHERE id NOT IN (SELECT stretch_id FROM blob_stretch)'),
    remove: () => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
