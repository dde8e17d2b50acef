import { describe, expect, it } from 'vitest';
import { fromBefore } from './from-before.ts';

const storage = (kept: Readonly<Record<string, string>>) => ({ getItem: (name: string) => kept[name] ?? null });
const noticed = { of: '/data', seenSeq: 7, seenAtMs: 1_790_000_000_000, bySystem: true, quiet: { from: 1320, to: 360 } };

describe('what an earlier version kept for an origin', () => {
  it('is taken over, each under the name that it has now', () => {
    const before = storage({
      'plumbline.theme': 'dark',
      'plumbline.contrast': 'more',
      'plumbline.zone': 'local',
      'plumbline.keys': '{"go.hosts":"Alt+h","go.map":null}',
      'plumbline.notices': JSON.stringify(noticed),
    });
    expect(fromBefore(before, '/data')).toEqual({
      theme: 'dark',
      contrast: 'more',
      zone: 'local',
      keys: { 'go.hosts': 'Alt+h', 'go.map': null },
      seen: { seq: 7, atMs: 1_790_000_000_000 },
      bySystem: true,
      quiet: { from: 1320, to: 360 },
    });
  });

  it('says nothing of what was seen in another data folder', () => {
    expect(fromBefore(storage({ 'plumbline.notices': JSON.stringify(noticed) }), '/other')).toEqual({
      bySystem: true,
      quiet: { from: 1320, to: 360 },
    });
  });

  it('that cannot be read is left aside, and costs nothing else', () => {
    const before = storage({
      'plumbline.theme': 'dark',
      'plumbline.contrast': 'loud',
      'plumbline.keys': '{"go.hosts":',
      'plumbline.notices': '[]',
    });
    expect(fromBefore(before, '/data')).toEqual({ theme: 'dark' });
    expect(fromBefore(storage({}), '/data')).toEqual({});
  });
});
