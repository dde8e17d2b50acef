import type { HostFacts } from '../facts-schema.ts';
import { matchesHost } from '../manifest/host-query.ts';
import type { Manifest, Policy } from '../manifest/manifest.ts';
import type { AppraisedLocation } from '../position.ts';

export type ChosenClass = {
  /** null = no class matched, or the manifest has none. */
  readonly name: string | null;
  /** Which rule chose it, in one sentence. A class chosen by claims is only as sure as who makes them. */
  readonly why: string;
  readonly policy: Policy;
  /** What the manifest says of hosts that match no class; null where one matched or none is written. */
  readonly unmatched: Manifest['unmatched'] | null;
};

/** The first class whose query matches the host. */
export const chooseClass = (facts: HostFacts, location: AppraisedLocation, manifest: Manifest): ChosenClass => {
  if (manifest.classes.length === 0)
    return { name: null, why: 'The manifest has no classes; its defaults apply.', policy: manifest.defaults, unmatched: null };
  const chosen = manifest.classes.find((one) => matchesHost(one.when, facts, location));
  if (chosen !== undefined) return { name: chosen.name, why: `Chosen by: ${chosen.when}`, policy: chosen.policy, unmatched: null };
  return { name: null, why: 'The host matches no class of the manifest.', policy: manifest.defaults, unmatched: manifest.unmatched };
};
