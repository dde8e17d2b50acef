import { ok, type Result } from '../../shared/model/result.ts';
import { createFleetReaders, type FleetReaders } from './fleet-readers.ts';
import { createHostReaders, type HostReaders } from './host-readers.ts';
import { openDatabase } from './open.ts';
import { createWriter, type Writer } from './writer.ts';

export type Store = {
  readonly write: Writer;
  readonly hosts: HostReaders;
  readonly fleet: FleetReaders;
  readonly close: () => void;
};

/** The memory of one data folder. One process at a time; see openDatabase for what can go wrong. */
export const openStore = (folder: string): Result<Store> => {
  const opened = openDatabase(folder);
  if (!opened.ok) return opened;
  const { db, close } = opened.value;
  return ok({ write: createWriter(db), hosts: createHostReaders(db), fleet: createFleetReaders(db), close });
};
