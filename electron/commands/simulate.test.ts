import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulateCommand } from './simulate.ts';

const run = async (...args: readonly string[]) => {
  const stop = new AbortController();
  const said = { out: '', err: '', folderSeen: false };
  const status = await simulateCommand.run(args, {
    stdout: (text) => {
      said.out += text;
      const file = /[^"\s]+endpoints\.yaml/.exec(text)?.[0];
      said.folderSeen = file !== undefined && existsSync(file);
      // Once it serves, ask it to stop.
      stop.abort();
    },
    stderr: (text) => {
      said.err += text;
    },
    isTty: false,
    signal: stop.signal,
  });
  return { status, ...said };
};

describe('plumbline simulate', () => {
  it('prints one JSON document once ready, serves until stopped, and removes its temporary folder', async () => {
    const { status, out, folderSeen } = await run('--hosts', '4', '--tamper', '1', '--seed', '3', '--incident', 'reboot=2', '--json');
    const ready = JSON.parse(out) as { endpointsFile: string };
    expect(status).toBe(0);
    expect(ready).toMatchObject({ hosts: 4, seed: 3, demo: true });
    expect(folderSeen).toBe(true);
    expect(existsSync(ready.endpointsFile)).toBe(false);
  });

  it('says that it is demo data', async () => {
    expect((await run('--hosts', '2')).out).toMatch(/^Demo data: 2 simulated hosts/);
  });

  it.each([
    [[], '--hosts N is missing'],
    [['--hosts', '0'], '--hosts must be a whole number'],
    [['--hosts', '3', '--tamper', '4'], '--tamper must be'],
    [['--hosts', '3', '--incident', 'fire=1'], 'no incident is called "fire"'],
    [['--hosts', '3', '--incident', 'reboot=3'], 'from 0 to 2'],
    [['--hosts', '3', '--listen', 'nowhere'], '--listen must be HOST:PORT'],
    [['--hosts', '3', '--fleet'], "Unknown option '--fleet'"],
  ])('refuses %j', async (args, message) => {
    const { status, out, err } = await run(...args);
    expect([status, out]).toStrictEqual([2, '']);
    expect(err).toContain(message);
  });
});
