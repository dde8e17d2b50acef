import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBoundedFile } from './bounded-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('reading a file that somebody named', () => {
  it('gives its bytes', () => {
    writeFileSync(path.join(folder, 'a'), Buffer.alloc(3_000_000, 7));
    expect(readBoundedFile(path.join(folder, 'a'), 4_000_000).equals(Buffer.alloc(3_000_000, 7))).toBe(true);
  });

  it.skipIf(!existsSync('/proc/version'))('reads kernel files whole although they say that they are empty (skipped without /proc)', () => {
    expect(readBoundedFile('/proc/version', 100_000).toString()).toMatch(/^Linux version/);
  });

  it('refuses what is larger than its bound', () => {
    expect(() => readBoundedFile(path.join(folder, 'a'), 1_000_000)).toThrow(/at most/);
  });

  it.skipIf(!existsSync('/dev/zero'))('refuses a device and a pipe without waiting for them (skipped where there are none)', () => {
    spawnSync('mkfifo', [path.join(folder, 'pipe')]);
    expect(() => readBoundedFile('/dev/zero', 1000)).toThrow('not a regular file');
    expect(() => readBoundedFile(path.join(folder, 'pipe'), 1000)).toThrow('not a regular file');
  });
});
