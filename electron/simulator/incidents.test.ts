import { describe, expect, it } from 'vitest';
import { assignIncidents, INCIDENT_NAMES, incidentNamed, type IncidentPlan } from './incidents.ts';
import { createSeeded } from './seeded.ts';

const plan = (more: Partial<IncidentPlan>): IncidentPlan => ({ hosts: 50, tamper: 0, demo: false, named: [], ...more });
const assigned = (seed: number, more: Partial<IncidentPlan>) => [...assignIncidents(createSeeded(seed), plan(more))];

describe('incidents', () => {
  it('leave about four fifths of the demo fleet honest, and unfold in time', () => {
    const entries = assigned(2026, { demo: true });
    const failing = entries.filter(([, { incident }]) => incident.verdict !== 'trusted');
    expect(failing.length).toBeLessThanOrEqual(10);
    expect(entries.filter(([, { afterMs }]) => afterMs > 0).length).toBeGreaterThanOrEqual(3);
    expect(new Set(entries.map(([index]) => index)).size).toBe(entries.length);
  });

  it('are repeatable by seed', () => {
    expect(assigned(1, { tamper: 9 })).toStrictEqual(assigned(1, { tamper: 9 }));
    expect(assigned(1, { tamper: 9 }).map(([index]) => index)).not.toStrictEqual(assigned(2, { tamper: 9 }).map(([index]) => index));
  });

  it('asked for by name win, and tampering takes other hosts', () => {
    const entries = assigned(4, { hosts: 5, tamper: 5, named: [{ name: 'reboot', index: 3 }] });
    expect(entries).toHaveLength(5);
    expect(entries.find(([index]) => index === 3)?.[1].incident.name).toBe('reboot');
  });

  it('each have a sentence, a keyword and, where they fail, a link', () => {
    for (const incident of INCIDENT_NAMES.map(incidentNamed)) {
      expect(incident.sentence).toMatch(/\.$/);
      expect(incident.reason).not.toBe('');
      expect(incident.brokenLink !== null).toBe(incident.verdict === 'failed');
    }
  });
});
