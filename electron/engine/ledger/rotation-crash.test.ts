import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { recheck } from '../../ledger/recheck/recheck.ts';
import { valueOf } from '../../ledger/testing/ledger.ts';
import { parseVerifierKey } from '../../ledger/verifier-key.ts';
import { openForAudit } from '../../store/audit/open.ts';
import { auditSource } from '../../store/audit/source.ts';

const ROUNDS = Number(process.env['ROTATION_ROUNDS'] ?? 12);
const CHILD = path.join(import.meta.dirname, 'testing', 'rotation-child.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-rotation-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lets a child rotate until it has said so many lines, and for so long from then on, and kills it; gives its whole lines. */
const killedAfter = (lines: number, ms: number, args: readonly string[]): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    let isMeant = false;
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
      if (isMeant || out.split('\n').length <= lines) return;
      isMeant = true;
      setTimeout(() => child.kill('SIGKILL'), ms);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => (code === null ? resolve(out.split('\n').slice(0, -1)) : reject(new Error(err))));
  });

it(`a process that is killed ${ROUNDS} times while it rotates the key leaves a ledger that holds, with the key pinned first`, async () => {
  const data = path.join(folder, 'data');
  const outside = path.join(folder, 'outside');
  mkdirSync(outside);
  let first = '';
  let rotations = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    // The first line is the key that it begins with; each other one is a rotation.
    const said = await killedAfter(1 + (round % 4), (round * 37) % 41, [data, outside]);
    if (first === '') first = said[0]?.split(' ')[0] ?? '';
    expect(said.filter((line) => !line.endsWith(' none'))).toEqual([]);
    const { db, close } = valueOf(openForAudit(data));
    const held = readdirSync(outside)
      .filter((name) => !name.startsWith('.'))
      .map((name) => ({ note: readFileSync(path.join(outside, name), 'utf8'), from: name }));
    const report = recheck(auditSource(db), { keys: [valueOf(parseVerifierKey(first))], held });
    close();
    expect({ round, problems: report.problems }).toEqual({ round, problems: [] });
    // The key that was said last is in force, or the one of a rotation that was cut off before it could be said.
    const last = said.at(-1)?.split(' ')[0] ?? '';
    expect(report.keys.slice(-2)).toContain(last);
    rotations = report.keys.length - 1;
  }
  expect(rotations).toBeGreaterThan(ROUNDS);
}, 120_000);
