import { describe, expect, it } from 'vitest';
import type { Difference, DifferencePair } from '../../../../shared/contract/difference-schemas.ts';
import { evidenceText, stateMark, tallyWords } from './difference-words.ts';

const SIDE = {
  words: 'this host',
  provenance: null,
  hostId: 'dc/1',
  hostName: 'web-1',
  verdict: 'failed',
  atMs: 0,
  sha256: 'b'.repeat(64),
} as const;
const DIFFERENCE: Difference = {
  a: {
    ...SIDE,
    words: 'the reference values',
    provenance: 'a policy',
    hostId: null,
    hostName: null,
    verdict: null,
    sha256: 'a'.repeat(64),
  },
  b: SIDE,
  problem: null,
  offers: [],
  identical: false,
  tally: { same: 1200, changed: 1, added: 0, removed: 0, moved: 0, notJudged: 3 },
  first: { row: 3, reason: 'Boot loader changed.' },
  changeRows: [3],
  atRow: null,
  causes: [],
  notes: ['Events that no reference value speaks of are not judged.'],
  cluster: null,
  total: 5,
  rows: [],
};
const CELL = {
  index: 31,
  claimed: 'grubx64.efi',
  claimedType: 'EV_IPL',
  digest: 'd'.repeat(64),
  alternatives: 0,
  bank: 'sha256',
  data: 'not-covered',
  proven: true,
} as const;
const PAIR: DifferencePair = {
  kind: 'pair',
  state: 'changed',
  pcr: 4,
  a: { ...CELL, index: null, claimedType: null, data: null, proven: null, digest: 'e'.repeat(64), alternatives: 2 },
  b: CELL,
  reason: 'Boot loader changed.',
  details: [],
};

describe('a difference as text', () => {
  it('says who, when, by which digests and where to look, and keeps what is proven apart from what is claimed', () => {
    expect(evidenceText(DIFFERENCE, PAIR, 'https://console/#/x').split('\n')).toEqual([
      'Difference of web-1: 1 changed, 1,200 equal, 3 not judged.',
      `Host: this host, failed, 1970-01-01T00:00:00.000Z, SHA-256 ${'b'.repeat(64)}`,
      `Held against: the reference values (a policy), 1970-01-01T00:00:00.000Z, SHA-256 ${'a'.repeat(64)}`,
      'First divergence: Boot loader changed.',
      '',
      'changed, PCR 4: Boot loader changed.',
      `Held against: ${'e'.repeat(64)} (sha256) or 2 others; reference value`,
      '  claimed: grubx64.efi',
      `This host: ${'d'.repeat(64)} (sha256); proven: the log replays to the value that the TPM signed`,
      '  claimed: grubx64.efi [EV_IPL] (claimed: the digest does not cover it)',
      '',
      'Note: Events that no reference value speaks of are not judged.',
      '',
      'https://console/#/x',
    ]);
  });

  it('says that nothing changed where nothing did', () => {
    expect(tallyWords({ tally: { same: 5, changed: 0, added: 0, removed: 0, moved: 0, notJudged: 0 } })).toBe('0 changed, 5 equal');
  });
});

describe('marks of states', () => {
  it('call nothing trusted that was not judged, and a change a failure only against a reference value', () => {
    expect(stateMark('not-judged', 'reference')).toBe('not-required');
    expect([stateMark('changed', 'reference'), stateMark('changed', 'peer'), stateMark('same', 'peer')]).toEqual([
      'failed',
      'inconclusive',
      'trusted',
    ]);
  });
});
