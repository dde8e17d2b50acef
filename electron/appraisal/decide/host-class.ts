import type { HostFacts } from '../facts-schema.ts';
import { askHost } from '../manifest/host-query.ts';
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
  /** Why nobody knows whether this is the host's class; null where that is certain enough. */
  readonly doubt: string | null;
};

const NO_CLASS = 'The host matches no class of the manifest.';

/**
 * The first class whose query matches the host. What is not known of it matches nothing; but a host that withholds its own tag must not leave
 * a class by it, so whether one of those passed over is its class is then in doubt.
 */
export const chooseClass = (facts: HostFacts, location: AppraisedLocation, manifest: Manifest): ChosenClass => {
  if (manifest.classes.length === 0)
    return { name: null, why: 'The manifest has no classes; its defaults apply.', policy: manifest.defaults, unmatched: null, doubt: null };
  let withheld: string | null = null;
  for (const { name, when, policy } of manifest.classes) {
    const answer = askHost(when, facts, location);
    if (answer === 'yes') return { name, why: `Chosen by: ${when}`, policy, unmatched: null, doubt: withheld };
    if (answer === 'unknown' && facts.tagProblem !== null)
      withheld ??= `Whether the host is of the class ${name} is not known: ${facts.tagProblem.message}`;
  }
  const doubt = withheld ?? (manifest.unmatched === 'inconclusive' ? NO_CLASS : null);
  return { name: null, why: NO_CLASS, policy: manifest.defaults, unmatched: manifest.unmatched, doubt };
};
