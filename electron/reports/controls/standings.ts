import type { ControlStanding } from '../../../shared/contract/assessment-schemas.ts';
import type { EvidenceCoverage } from './coverage.ts';

export type StandingControl = { readonly id: string; readonly title: string; readonly standing: ControlStanding };

const worse = (a: ControlStanding, b: ControlStanding): ControlStanding =>
  a === 'against' || b === 'against' ? 'against' : a === 'not-evaluated' || b === 'not-evaluated' ? 'not-evaluated' : 'supported';

/**
 * How each control stood in an export, by all evidence that supports it. Evidence that only helps (`supporting`) speaks against nothing, as in OSCAL.
 * Supported means: everything was evaluated and nothing speaks against it. It never means that a control is met.
 */
export const controlStandings = (coverage: readonly EvidenceCoverage[]): readonly StandingControl[] => {
  const found = new Map<string, StandingControl>();
  for (const { hosts, evidenced, supports } of coverage) {
    const whole = evidenced && (hosts === null || hosts.notEvaluated === 0);
    const own: ControlStanding = whole ? 'supported' : 'not-evaluated';
    for (const { framework, control, title, strength } of supports) {
      const id = `${framework} ${control}`;
      const against = (hosts?.against ?? 0) > 0;
      const standing = against ? (strength === 'supporting' ? 'not-evaluated' : 'against') : own;
      const before = found.get(id);
      found.set(id, { id, title, standing: before === undefined ? standing : worse(before.standing, standing) });
    }
  }
  return [...found.values()].toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
};
