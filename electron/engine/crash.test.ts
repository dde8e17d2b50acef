import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recheck } from '../ledger/recheck/recheck.ts';
import { type Fleet, startFleet } from '../simulator/fleet.ts';
import { auditEvidence } from '../store/audit/evidence.ts';
import { openForAudit } from '../store/audit/open.ts';
import { auditRecords } from '../store/audit/records.ts';
import { auditSource } from '../store/audit/source.ts';
import { withFile } from '../store/testing/file.ts';

/** At least 200 in all; two lanes, because a round mostly waits for its child. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 200);
const LANES = 2;
/**
 * Most are killed after they said so many things and some milliseconds more: in the middle of the next judging, recording or signing, however
 * fast the machine is. Some are killed at any instant from their start on, while they open.
 */
const MOST_SAID = 24;
const MORE_MS = 30;
const AFTER_START_MS = 800;
const BEFORE_READY = 0.15;
const CHILD = path.join(import.meta.dirname, 'testing', 'crash-child.ts');

/** A generator that gives the same numbers every time, so that a round that fails is named by its number. */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const NEWLINE = 10;

type Said = { readonly what: string; readonly value: string; readonly rest: string };

/** `said`: how many lines must have come before the time begins. */
type Instant = { readonly said: number; readonly ms: number };

/** Runs a child until it is killed; gives all that it had said. */
const killed = ({ said: linesFirst, ms }: Instant, args: readonly string[]): Promise<{ said: Said[]; err: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
    const out: Buffer[] = [];
    let err = '';
    let timer: ReturnType<typeof setTimeout> | null = null;
    const aim = (): void => {
      timer ??= setTimeout(() => child.kill('SIGKILL'), ms);
    };
    let seen = 0;
    if (linesFirst === 0) aim();
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      for (const byte of chunk) if (byte === NEWLINE) seen += 1;
      if (seen >= linesFirst) aim();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (timer !== null) clearTimeout(timer);
      if (code !== null) return reject(new Error(`the child ended by itself with ${code}: ${err}`));
      const lines = Buffer.concat(out).toString('utf8').split('\n').slice(0, -1);
      const said = lines.map((line) => {
        const [what = '', value = '', ...rest] = line.split(' ');
        return { what, value, rest: rest.join(' ') };
      });
      resolve({ said, err });
    });
  });

const instant = (random: () => number): Instant => {
  const isReady = random() >= BEFORE_READY;
  return isReady ? { said: 1 + Math.floor(random() * MOST_SAID), ms: random() * MORE_MS } : { said: 0, ms: random() * AFTER_START_MS };
};

const countSchema = z.object({ n: z.number() });

/** What a killed process had said and the file does not know. */
const lostOf = (folder: string, said: readonly Said[]): readonly string[] =>
  withFile(folder, true, (db) => {
    const host = db.prepare('SELECT count(*) AS n FROM pulse WHERE host_id = ? AND to_ms >= ?');
    const note = db.prepare('SELECT count(*) AS n FROM finding_note WHERE finding_id = ? AND text = ?');
    const sealed = db.prepare('SELECT count(*) AS n FROM ledger_checkpoint WHERE size >= ?');
    const isKept = ({ what, value, rest }: Said): boolean => {
      if (what === 'host') return countSchema.parse(host.get(rest, Number(value))).n === 1;
      if (what === 'note') return countSchema.parse(note.get(Number(value), rest)).n === 1;
      return what !== 'sealed' || countSchema.parse(sealed.get(Number(value))).n > 0;
    };
    return said.filter((one) => !isKept(one)).map((one) => `${one.what} ${one.value} ${one.rest}`);
  });

/** What the independent check says of the file. */
const wrongIn = (folder: string): { wrong: readonly string[]; entries: number } => {
  const opened = openForAudit(folder);
  if (!opened.ok) return { wrong: [opened.problem.message], entries: 0 };
  const { db, close } = opened.value;
  try {
    const ledger = recheck(auditSource(db), { evidence: auditEvidence(db) });
    const steps = auditRecords(db);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    return {
      wrong: [...ledger.problems, ...step.value.problems].map(({ code, sentence }) => `${code}: ${sentence}`),
      entries: ledger.entries,
    };
  } finally {
    close();
  }
};

let state: string;
let fleet: Fleet;
/** What a child compiled is kept for the next ones: a start takes half the time, and there are hundreds. */
const environment = () => ({ ...process.env, NODE_COMPILE_CACHE: path.join(state, 'compiled') });
beforeAll(async () => {
  state = mkdtempSync(path.join(tmpdir(), 'plumbline-crash-'));
  // It is kept by one that ends by itself; this one does, because there is no such file.
  await new Promise((ended) => {
    spawn(process.execPath, [CHILD, path.join(state, 'first'), path.join(state, 'no-endpoints.yaml')], {
      stdio: 'ignore',
      env: environment(),
    }).once('close', ended);
  });
  fleet = await startFleet({ hosts: 12, tamper: 4, seed: 5, stateDir: path.join(state, 'fleet') });
});
afterAll(async () => {
  await fleet.close();
  rmSync(state, { recursive: true, force: true });
});

const lane = async (seed: number, rounds: number) => {
  const random = seeded(seed);
  const folder = path.join(state, `data-${seed}`);
  const summary = { rounds: 0, beforeReady: 0, recorded: 0, sealed: 0, noted: 0, entries: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const { said, err } = await killed(instant(random), [folder, fleet.endpointsFile]);
    const count = (what: string): number => said.filter((one) => one.what === what).length;
    summary.rounds += 1;
    summary.beforeReady += count('ready') === 0 ? 1 : 0;
    summary.recorded += count('host');
    summary.sealed += count('sealed');
    summary.noted += count('note');
    if (said.length === 0) continue;
    const { wrong, entries } = wrongIn(folder);
    summary.entries = entries;
    expect({ seed, round, err, lost: lostOf(folder, said), wrong }).toEqual({ seed, round, err: '', lost: [], wrong: [] });
  }
  return summary;
};

describe('a process that is killed at any instant while it polls', () => {
  it(`loses nothing that it had recorded, and leaves a ledger that holds (${ROUNDS} rounds)`, { timeout: 15 * 60_000 }, async () => {
    const lanes = await Promise.all(Array.from({ length: LANES }, (_, seed) => lane(seed + 1, Math.ceil(ROUNDS / LANES))));
    const sum = (key: keyof (typeof lanes)[number]): number => lanes.reduce((total, one) => total + one[key], 0);
    process.stdout.write(
      `killed ${sum('rounds')} times, ${sum('beforeReady')} of them before it was ready: ${sum('recorded')} observations, ${sum('noted')} notes and ${sum('sealed')} checkpoints said, all of them kept; ${sum('entries')} entries hold\n`,
    );
    expect(sum('rounds')).toBeGreaterThanOrEqual(ROUNDS);
    expect(sum('recorded')).toBeGreaterThan(ROUNDS);
  });
});
