import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connector, SweepContext, SweepOutcome } from '../connectors/port.ts';
import { createScheduler, type PollingEvents, type Scheduler, sweepOnce, type SweepReport } from './scheduler.ts';

const GOOD: SweepOutcome = { ok: true, hosts: 2, demo: false, note: null };
const BAD: SweepOutcome = { ok: false, problem: { code: 'unreachable', message: 'No answer.', nextStep: 'Look.' } };
const OPTIONS = { nowMs: () => Date.now(), randomBytes: (length: number) => new Uint8Array(length), random: () => 0.5 };
const INTERVAL = 60_000;

/** A connector whose every sweep ends when the test says so. */
const held = () => {
  const sweeps: { context: SweepContext; end: (outcome: SweepOutcome) => void }[] = [];
  let closed = false;
  const connector: Connector = {
    kind: 'test',
    sweep: (context) => new Promise((end) => sweeps.push({ context, end })),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
  return { connector, sweeps, isClosed: () => closed };
};
const answering = (outcome: () => SweepOutcome): { connector: Connector; count: () => number } => {
  let count = 0;
  const connector: Connector = {
    kind: 'test',
    sweep: () => {
      count += 1;
      return Promise.resolve(outcome());
    },
    close: () => Promise.resolve(),
  };
  return { connector, count: () => count };
};

const reports: SweepReport[] = [];
const events: PollingEvents = { onObservation: () => Promise.resolve(), onProgress: () => {}, onSweep: (report) => reports.push(report) };
let scheduler: Scheduler | null = null;
const schedule = (connector: Connector): Scheduler => {
  scheduler = createScheduler([{ name: 'dc', intervalMs: INTERVAL, connector }], events, OPTIONS);
  return scheduler;
};

beforeEach(() => {
  vi.useFakeTimers();
  reports.length = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await scheduler?.stop();
  scheduler = null;
});

describe('the schedule', () => {
  it('asks at once, and again at every interval', async () => {
    const { connector, count } = answering(() => GOOD);
    schedule(connector).start();
    await vi.advanceTimersByTimeAsync(3 * INTERVAL + 1000);
    expect(count()).toBe(4);
  });

  it('asks a silent endpoint less and less often, and never less than every ten minutes', async () => {
    const { connector, count } = answering(() => BAD);
    schedule(connector).start();
    await vi.advanceTimersByTimeAsync(60 * INTERVAL);
    const inFirstHour = count();
    expect(inFirstHour).toBeLessThan(15);
    await vi.advanceTimersByTimeAsync(60 * INTERVAL);
    expect(count() - inFirstHour).toBeGreaterThanOrEqual(5);
  });

  it('returns to its interval as soon as the endpoint answers', async () => {
    let outcome: SweepOutcome = BAD;
    const { connector, count } = answering(() => outcome);
    schedule(connector).start();
    await vi.advanceTimersByTimeAsync(30 * INTERVAL);
    outcome = GOOD;
    await vi.advanceTimersByTimeAsync(11 * INTERVAL);
    const before = count();
    await vi.advanceTimersByTimeAsync(10 * INTERVAL);
    expect(count() - before).toBe(10);
  });

  it('says when it will ask next, in whole milliseconds', async () => {
    const { connector } = answering(() => GOOD);
    const spread = createScheduler([{ name: 'dc', intervalMs: INTERVAL, connector }], events, { ...OPTIONS, random: () => 1 / 3 });
    scheduler = spread;
    spread.start();
    await vi.advanceTimersByTimeAsync(1);
    expect(Number.isInteger(spread.nextSweepAtMs('dc'))).toBe(true);
  });

  it('never sweeps one endpoint twice at the same time', async () => {
    const { connector, sweeps } = held();
    const running = schedule(connector);
    expect(running.sweepNow()).toBe(true);
    expect(running.sweepNow()).toBe(false);
    expect(running.isSweeping('dc')).toBe(true);
    expect(sweeps).toHaveLength(1);
    sweeps[0]?.end(GOOD);
    await vi.advanceTimersByTimeAsync(1);
    expect(running.isSweeping('dc')).toBe(false);
    expect(reports[0]?.outcome).toEqual(GOOD);
  });

  it('aborts what is under way and closes the connector when it stops', async () => {
    const { connector, sweeps, isClosed } = held();
    const running = schedule(connector);
    running.sweepNow();
    const stopped = running.stop();
    expect(sweeps[0]?.context.signal.aborted).toBe(true);
    sweeps[0]?.end(BAD);
    await stopped;
    expect(isClosed()).toBe(true);
    scheduler = null;
  });
});

describe('one sweep', () => {
  it('turns a bug in a connector into a failed sweep that says so', async () => {
    const connector: Connector = { kind: 'test', sweep: () => Promise.reject(new Error('boom')), close: () => Promise.resolve() };
    const report = await sweepOnce({ name: 'dc', intervalMs: INTERVAL, connector }, events, OPTIONS, new AbortController().signal);
    expect(report.outcome).toMatchObject({ ok: false, problem: { code: 'internal', message: expect.stringContaining('boom') } });
  });
});
