import type { Verdict } from '../../shared/model/verdict.ts';
import type { SimulatedHost } from './simulated-host.ts';

const firstSweepVerdict = (host: SimulatedHost): Verdict => {
  const incident = host.assignment?.incident;
  if (incident === undefined || incident.detectableFromSweep > 1 || (host.assignment?.afterMs ?? 0) > 0) return 'trusted';
  // Nothing is known yet of a host that never answered.
  return incident.verdict === 'stale' ? 'inconclusive' : incident.verdict;
};

/** The answers, for whoever wants to check a verifier against this fleet. */
export const groundTruth = (hosts: readonly SimulatedHost[]): readonly object[] =>
  hosts.map((host) => {
    const incident = host.assignment?.incident ?? null;
    return {
      id: host.id,
      name: host.name,
      index: host.index,
      incident: incident?.name ?? null,
      afterMs: host.assignment?.afterMs ?? 0,
      verdict: incident?.verdict ?? 'trusted',
      firstSweepVerdict: firstSweepVerdict(host),
      brokenLink: incident?.brokenLink ?? null,
      reason: incident?.reason ?? null,
      sentence: incident?.sentence ?? null,
      reportedByEndpoint: incident === null || incident.reportedEvent === null ? 'PASS' : 'FAIL',
      detectableFromSweep: incident?.detectableFromSweep ?? 1,
    };
  });
