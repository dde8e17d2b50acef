import { describe, expect, it } from 'vitest';
import type { EventRow, PcrRow } from '../../../shared/contract/schemas.ts';
import { treeOf } from './boot-tree-nodes.ts';

const event = (index: number, pcr: number, over: Partial<EventRow> = {}): EventRow => ({
  index,
  pcr,
  claimedType: 'EV_IPL',
  digest: '',
  bank: 'sha256',
  data: 'verified',
  replayProven: true,
  summary: `event ${index}`,
  broke: null,
  ...over,
});
const PCR: PcrRow = { bank: 'sha256', index: 4, value: '', quoted: true, replayed: '', meaning: 'Boot loader' };

describe('boot events under their registers', () => {
  it('keeps the order within a register, and puts registers in theirs', () => {
    const nodes = treeOf([event(0, 0xffffffff, { replayProven: null }), event(1, 4), event(2, 0), event(3, 4)], [PCR]);
    expect(nodes.map(({ depth, label, event: index }) => [depth, label, index])).toEqual([
      [0, 'PCR 0', null],
      [1, '2 IPL', 2],
      [0, 'PCR 4', null],
      [1, '1 IPL', 1],
      [1, '3 IPL', 3],
      [0, 'Never measured', null],
      [1, '0 IPL', 0],
    ]);
    expect(nodes[2]?.value).toBe('2 events; Boot loader; replays to the quoted value');
  });

  it('says in the register what broke trust, and what no quote covers', () => {
    const broke = { link: 'boot-loader', reason: '', expected: [] } as const;
    const nodes = treeOf([event(1, 4, { broke: { ...broke, expected: [] } }), event(2, 5, { replayProven: null })], []);
    expect(nodes.map(({ value }) => value)).toEqual([
      '1 event; replays to the quoted value; 1 broke trust',
      'broke trust: event 1',
      '1 event; not quoted',
      'event 2',
    ]);
  });
});
