import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { FILES, bootLog, makeEvidence, makeKey } from '../testing/host.ts';
import { diffEvidence, diffPcrs } from './evidence.ts';

const key = makeKey('ecdsa256');
const honest = verifyEvidence(makeEvidence({ key }));

describe('two bundles', () => {
  it('of the same boot are identical, although nonce and clock differ', () => {
    const later = verifyEvidence(makeEvidence({ key, clock: { clock: 9000n } }));
    expect(diffEvidence(honest, later)).toMatchObject({ identical: true, firstDivergence: null, changes: [] });
  });

  it('report a changed event, and not its register a second time', () => {
    const changed = verifyEvidence({ ...makeEvidence({ key }), eventLog: bootLog(0) });
    const { identical, changes, causes } = diffEvidence(honest, changed);
    expect(identical).toBe(false);
    expect(changes).toMatchObject([{ what: 'event', pcr: 7, change: 'changed' }]);
    expect(causes[0]?.judgement).toBe('not-benign');
  });

  it('report changed files', () => {
    const other = verifyEvidence(makeEvidence({ key, files: FILES.slice(1) }));
    expect(diffEvidence(honest, other).changes).toMatchObject([{ what: 'file', change: 'removed', path: '/usr/bin/bash' }]);
  });

  it('of which only one has a log are not identical, and say so', () => {
    const { eventLog: _, ...rest } = makeEvidence({ key });
    const { identical, notCompared } = diffEvidence(honest, verifyEvidence(rest));
    expect(identical).toBe(false);
    expect(notCompared).toContain('Only A has an event log; it was not compared.');
  });

  it('without valid quotes are not identical: no register was compared', () => {
    const forged = verifyEvidence(makeEvidence({ key, magic: 0 }));
    expect(diffEvidence(forged, forged)).toMatchObject({ identical: false });
  });
});

describe('quoted registers alone', () => {
  it('are compared bank by bank', () => {
    const { changes, notes } = diffPcrs({ sha256: { 0: 'aa', 7: 'bb' } }, { sha256: { 0: 'AA', 7: 'cc', 4: 'dd' } });
    expect(changes).toMatchObject([{ what: 'pcr', pcr: 7, bank: 'sha256', a: 'bb', b: 'cc' }]);
    expect(notes).toEqual(['PCRs 4 (sha256) are quoted in only one of the two and were not compared.']);
  });
});
