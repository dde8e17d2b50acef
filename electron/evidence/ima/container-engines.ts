import { type EngineRole, engineProgramOf } from '../../../shared/model/container-engines.ts';
import type { ImaEntry } from '../types.ts';

const MAX_LISTED = 200;

/** A program that has to do with containers, as IMA measured it. */
export type ContainerEngine = {
  readonly role: EngineRole;
  readonly name: string;
  readonly path: string;
  readonly digest: string;
  readonly alg: string;
  readonly index: number;
  /** Covered by the quoted PCR 10. Of a violation only the place is proven, so it never is. */
  readonly proven: boolean;
};

/**
 * Container programs among the measured files, every content once, in the order of the list; at most 200. Recognised by file name: does
 * not prove that a program is what its name says, that it runs, or that no other engine runs under another name.
 */
export const containerEngines = (entries: Iterable<ImaEntry>): readonly ContainerEngine[] => {
  const found: ContainerEngine[] = [];
  const seen = new Set<string>();
  for (const { path, plainPath, fileAlg, fileDigest, index, proven, violation } of entries) {
    const program = plainPath ? engineProgramOf(path) : null;
    if (program === null) continue;
    const key = `${path}\n${fileAlg}:${fileDigest}`;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push({ ...program, path, digest: fileDigest, alg: fileAlg, index, proven: proven && !violation });
    if (found.length >= MAX_LISTED) break;
  }
  return found;
};
