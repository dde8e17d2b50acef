import type { Manifest } from '../manifest/manifest.ts';
import type { AppraisedLocation } from '../location.ts';
import { judgement, type LinkJudgement } from './link.ts';

export type Placement = { readonly name: string; readonly image: string | null };
export type AppraisedWorkload = Placement & { readonly allowed: boolean | null; readonly reason: string };

/** Holds each workload that the endpoint reports against the manifest's rules. A placement is reported, not measured. */
export const judgeWorkloads = (
  placements: readonly Placement[],
  manifest: Manifest,
  location: AppraisedLocation,
): { link: LinkJudgement; workloads: AppraisedWorkload[] } => {
  const place = location.country ?? 'an unknown place';
  const workloads = placements.map((placement): AppraisedWorkload => {
    const rule = manifest.workloads.find((candidate) => candidate.name === placement.name);
    if (!rule) return { ...placement, allowed: null, reason: 'No rule names this workload.' };
    const countries = rule.countries.join(', ');
    if (location.country === null)
      return { ...placement, allowed: null, reason: `Allowed only in ${countries}; where this host is, is not known.` };
    return rule.countries.includes(location.country)
      ? { ...placement, allowed: true, reason: `Allowed in ${place}.` }
      : { ...placement, allowed: false, reason: `Runs in ${place}; allowed only in ${countries}.` };
  });
  const basis = [`${placements.length} workloads reported by the endpoint`, `Location ${place} (${location.assurance})`];
  if (location.contradiction !== null) basis.push(location.contradiction);
  const notEvaluated = placements.length > 0 ? ['That the containers running are the ones reported: not measured.'] : [];
  const abroad = workloads.find((workload) => workload.allowed === false);
  if (abroad) {
    const reason = `Workload ${abroad.name} runs where it may not: ${abroad.reason.charAt(0).toLowerCase()}${abroad.reason.slice(1)}`;
    return { link: judgement('workloads', 'failed', reason, { basis, notEvaluated }), workloads };
  }
  const ruled = workloads.filter((workload) => manifest.workloads.some((rule) => rule.name === workload.name));
  if (ruled.length === 0) {
    const reason = placements.length === 0 ? 'The endpoint reports no workloads.' : 'No rule names the workloads of this host.';
    return { link: judgement('workloads', 'not-required', reason, { basis, notEvaluated }), workloads };
  }
  if (ruled.some((workload) => workload.allowed === null)) {
    return {
      link: judgement('workloads', 'inconclusive', 'A workload may run only in certain places, and where this host is, is not known.', {
        basis,
        notEvaluated,
      }),
      workloads,
    };
  }
  return { link: judgement('workloads', 'trusted', 'Every workload with a rule runs where it may.', { basis, notEvaluated }), workloads };
};
