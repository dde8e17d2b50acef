import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventName } from '../../shared/contract/contract.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import type { EngineHost } from '../engine/host.ts';
import { shownEngine } from './leave-demo.ts';

/** An engine that answers with its own name, and can be made to tell something or to crash. */
const engineNamed = (name: string) => {
  const told: ((event: EventName, payload: unknown) => void)[] = [];
  const crashed: ((message: string) => void)[] = [];
  const state = { ended: false };
  const host: EngineHost = {
    call: (asked) => Promise.resolve({ ok: true, data: `${name} ${String(asked)}` }),
    onEvent: (listener) => told.push(listener),
    onCrash: (listener) => crashed.push(listener),
    stop: () => {
      state.ended = true;
      return Promise.resolve();
    },
  };
  const tell = (): void => {
    for (const listener of told) listener('fleet.changed', name);
  };
  const crash = (): void => {
    for (const listener of crashed) listener(name);
  };
  return { host, state, tell, crash };
};

const shell = (start: (real: EngineHost) => Promise<Result<EngineHost>> = (real) => Promise.resolve(ok(real))) => {
  const demo = engineNamed('demo');
  const real = engineNamed('real');
  const fleet = { ended: false };
  const said: string[] = [];
  const stop = (): Promise<void> => {
    fleet.ended = true;
    return Promise.resolve();
  };
  const leave = { dataFolder: '/real', start: () => start(real.host), onLeft: () => said.push('left') };
  const shown = shownEngine(demo.host, '/demo', { stop }, leave);
  shown.onEvent((name, payload) => said.push(`${name} ${JSON.stringify(payload)}`));
  shown.onCrash((message) => said.push(`crash of ${message}`));
  return { demo, real, fleet, said, shown };
};

describe('a demo that a shell shows', () => {
  it('is the engine that answers, until it is left', async () => {
    const { shown, demo, said } = shell();
    expect(await shown.call('app.info', {})).toEqual({ ok: true, data: 'demo app.info' });
    expect(shown.exportsFolder()).toBe(path.join('/demo', 'exports'));
    demo.tell();
    expect(said).toEqual(['fleet.changed "demo"']);
  });

  it('gives its place to the engine of the real data folder, ends with its fleet, and the screens are told', async () => {
    const { shown, demo, real, fleet, said } = shell();
    expect(await shown.call('demo.leave', {})).toEqual({ ok: true, data: { ok: true } });
    expect(await shown.call('app.info', {})).toEqual({ ok: true, data: 'real app.info' });
    expect(shown.exportsFolder()).toBe(path.join('/real', 'exports'));
    expect(said).toEqual(['left', 'engine.replaced {"dataFolder":"/real"}']);
    expect([demo.state.ended, fleet.ended, real.state.ended]).toEqual([true, true, false]);
  });

  it('says nothing of the demo once it is left, whatever its engine still tells', async () => {
    const { shown, demo, real, said } = shell();
    await shown.call('demo.leave', {});
    said.length = 0;
    demo.tell();
    demo.crash();
    real.tell();
    real.crash();
    expect(said).toEqual(['fleet.changed "real"', 'crash of real']);
  });

  it('goes on where the real data folder cannot be opened, and it is said why', async () => {
    const busy = fail('folder-in-use', 'Another Plumbline is using the data folder.', 'Stop it first.');
    const { shown, demo, fleet, said } = shell(() => Promise.resolve(busy));
    expect(await shown.call('demo.leave', {})).toEqual({ ok: true, data: busy });
    expect(await shown.call('app.info', {})).toEqual({ ok: true, data: 'demo app.info' });
    expect([demo.state.ended, fleet.ended, said]).toEqual([false, false, []]);
  });

  it('is left once, however often it is asked for; afterwards the real engine answers that too', async () => {
    let starts = 0;
    const { shown } = shell((real) => {
      starts += 1;
      return Promise.resolve(ok(real));
    });
    await Promise.all([shown.call('demo.leave', {}), shown.call('demo.leave', {})]);
    expect(starts).toBe(1);
    expect(await shown.call('demo.leave', {})).toEqual({ ok: true, data: 'real demo.leave' });
  });

  it('leaves nothing running where the shell ends while the real engine starts', async () => {
    let opened = (): void => {};
    const { shown, demo, real, fleet } = shell(
      (host) =>
        new Promise((resolve) => {
          opened = () => resolve(ok(host));
        }),
    );
    const left = shown.call('demo.leave', {});
    const stopped = shown.stop();
    opened();
    await stopped;
    expect(await left).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect([demo.state.ended, fleet.ended, real.state.ended]).toEqual([true, true, true]);
  });

  it('ends the engine before the fleet that it watches, so that the end is not recorded as a fleet that fell silent', async () => {
    const order: string[] = [];
    const demo = engineNamed('demo');
    let ended = (): void => {};
    const host: EngineHost = {
      ...demo.host,
      stop: () =>
        new Promise((done) => {
          ended = () => {
            order.push('engine');
            done();
          };
        }),
    };
    const stop = (): Promise<void> => {
      order.push('fleet');
      return Promise.resolve();
    };
    const stopped = shownEngine(host, '/demo', { stop }, null).stop();
    await Promise.resolve();
    expect(order).toEqual([]);
    ended();
    await stopped;
    expect(order).toEqual(['engine', 'fleet']);
  });

  it('can be left and ended after an engine that could not even be asked to start', async () => {
    let starts = 0;
    const { shown, demo, fleet } = shell((real) => {
      starts += 1;
      return starts === 1 ? Promise.reject(new Error('no such thread')) : Promise.resolve(ok(real));
    });
    await expect(shown.call('demo.leave', {})).rejects.toThrow('no such thread');
    expect(await shown.call('app.info', {})).toEqual({ ok: true, data: 'demo app.info' });
    expect(await shown.call('demo.leave', {})).toEqual({ ok: true, data: { ok: true } });
    await shown.stop();
    expect([demo.state.ended, fleet.ended]).toEqual([true, true]);
  });

  it('is not left by a question that the contract does not know: the engine refuses it as it refuses others', async () => {
    const { shown, fleet } = shell();
    expect(await shown.call('demo.leave', { force: true })).toEqual({ ok: true, data: 'demo demo.leave' });
    expect(fleet.ended).toBe(false);
  });
});
