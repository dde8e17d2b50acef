import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Problem } from '../../shared/model/result.ts';
import { VERDICTS } from '../../shared/model/verdict.ts';
import { createEngine } from '../engine/engine.ts';
import { loadConfig } from '../engine/load-config.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Command } from './command.ts';
import { productVersion } from './layout.ts';

const HELP = `plumbline poll --endpoints FILE [--manifest FILE] [--data DIR] --once [--json]

One full sweep: fetches from every endpoint, verifies the evidence, judges, records. With --data the result is kept and held
against what is remembered there; hosts that did not come up in this sweep are not listed; without it a temporary memory is used and removed.

Exit status: 0 every host is trusted, 1 an endpoint did not answer or a host is not trusted, 2 bad usage or unreadable input.

Example: plumbline poll --endpoints endpoints.yaml --once --json
Bounds: one answer at most 32 MB (inventory 64 MB) and 20 s; 16 hosts of an endpoint at a time.
`;

type Summary = ReturnType<typeof summarise>;

const summarise = (store: Store, endpoints: readonly { name: string; kind: string }[], startedAtMs: number, durationMs: number) => {
  const known = new Map(store.fleet.endpoints().map((endpoint) => [endpoint.name, endpoint]));
  return {
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs,
    demo: [...known.values()].some((endpoint) => endpoint.demo),
    endpoints: endpoints.map((endpoint) => {
      const state = known.get(endpoint.name);
      return {
        name: endpoint.name,
        kind: endpoint.kind,
        ok: state?.problem === null,
        hosts: state?.hosts ?? 0,
        error: state?.problem ?? null,
      };
    }),
    hosts: endpoints.flatMap((endpoint) =>
      store.hosts
        .all(endpoint.name)
        // What is only remembered was not evaluated in this sweep.
        .filter(({ row }) => row.lastSeenAtMs >= startedAtMs)
        .map(({ row, agentId, verified }) => ({
          name: row.name,
          id: agentId,
          endpoint: row.endpoint,
          verdict: row.verdict,
          reported: row.reported,
          verified,
          brokenLink: row.brokenLink,
          reasons: row.verdict === 'trusted' ? [] : [row.reason],
          location: { country: row.location.country, assurance: row.location.assurance },
          disagreement: row.disagreement,
        })),
    ),
  };
};

const asText = (summary: Summary): string => {
  const lines: string[] = [];
  if (summary.demo) lines.push('Demo data: a simulated fleet.', '');
  for (const endpoint of summary.endpoints) {
    lines.push(
      endpoint.ok
        ? `${visibleText(endpoint.name)}: ${endpoint.hosts} hosts`
        : `${visibleText(endpoint.name)}: no result. ${endpoint.error?.message ?? ''} ${endpoint.error?.nextStep ?? ''}`,
    );
  }
  const counts = VERDICTS.map((verdict) => `${summary.hosts.filter((host) => host.verdict === verdict).length} ${verdict}`);
  lines.push(`${summary.hosts.length} hosts: ${counts.toReversed().join(', ')} (${(summary.durationMs / 1000).toFixed(1)} s)`);
  for (const host of summary.hosts) {
    if (host.verdict === 'trusted') continue;
    const where = host.brokenLink === null ? '' : ` at ${host.brokenLink}`;
    const beside = host.disagreement ? ` The endpoint says ${host.reported}.` : '';
    lines.push(`  ${host.verdict}${where}: ${host.name}: ${host.reasons.join(' ')}${beside}`);
  }
  return `${lines.join('\n')}\n`;
};

export const pollCommand: Command = {
  name: 'poll',
  summary: 'one full sweep: fetch, verify, judge, record',
  help: HELP,
  run: async (args, io) => {
    if (args.includes('--help')) {
      io.stdout(HELP);
      return 0;
    }
    let options: { endpoints?: string; manifest?: string; data?: string; once: boolean; json: boolean };
    const refuse = (problem: Problem): 2 => {
      io.stderr(`plumbline poll: ${problem.message}\n${problem.nextStep}\n`);
      return 2;
    };
    try {
      options = parseArgs({
        args: [...args],
        options: {
          endpoints: { type: 'string' },
          manifest: { type: 'string' },
          data: { type: 'string' },
          once: { type: 'boolean', default: false },
          json: { type: 'boolean', default: false },
        },
      }).values;
    } catch (error) {
      return refuse({
        code: 'usage',
        message: error instanceof Error ? error.message : 'bad usage',
        nextStep: 'See plumbline poll --help.',
      });
    }
    if (options.endpoints === undefined)
      return refuse({ code: 'usage', message: '--endpoints FILE is missing.', nextStep: 'See plumbline poll --help.' });
    if (!options.once)
      return refuse({
        code: 'usage',
        message: 'poll makes one sweep and needs --once.',
        nextStep: 'For continuous polling use plumbline serve.',
      });
    const config = loadConfig(options.endpoints, options.manifest ?? null);
    if (!config.ok) return refuse(config.problem);

    const temporary = options.data === undefined ? mkdtempSync(path.join(tmpdir(), 'plumbline-poll-')) : null;
    const dataFolder = path.resolve(process.env.INIT_CWD ?? '.', options.data ?? temporary ?? '.');
    try {
      const store = openStore(dataFolder);
      if (!store.ok) return refuse(store.problem);
      const startedAtMs = Date.now();
      const progress = (endpoint: string, done: number, total: number, running: boolean): void => {
        if (io.isTty) io.stderr(running ? `\r\u001b[Kasking ${visibleText(endpoint)}: ${done} of ${total}` : '\r\u001b[K');
      };
      const engine = createEngine({
        store: store.value,
        ...config.value,
        // A memory that is removed afterwards has nothing to be held to.
        anchors: temporary === null ? config.value.anchors : [],
        alerts: temporary === null ? config.value.alerts : [],
        version: productVersion(),
        shell: 'console',
        dataFolder,
        emit: (name, payload) => {
          if (name === 'poll.progress' && 'endpoint' in payload) progress(payload.endpoint, payload.done, payload.total, payload.running);
        },
      });
      for (const message of config.value.endorsement?.leftOut ?? []) io.stderr(`plumbline: left out: ${visibleText(message)}\n`);
      await engine.sweepAll(io.signal);
      // Whether a manifest file that was given is in force shows when the sweep begins.
      const notice = engine.policyNotice();
      if (notice !== null) io.stderr(`plumbline: ${visibleText(notice)}\n`);
      for (const sentence of engine.recordNotices()) io.stderr(`plumbline: ${visibleText(sentence, 500)}\n`);
      await engine.stop();
      const unrecorded = engine.recordingProblem();
      if (unrecorded !== null) {
        store.value.close();
        return refuse(unrecorded);
      }
      const summary = summarise(store.value, config.value.endpoints, startedAtMs, Date.now() - startedAtMs);
      store.value.close();
      io.stdout(options.json ? `${JSON.stringify(summary)}\n` : asText(summary));
      return summary.endpoints.every((endpoint) => endpoint.ok) && summary.hosts.every((host) => host.verdict === 'trusted') ? 0 : 1;
    } finally {
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    }
  },
};
