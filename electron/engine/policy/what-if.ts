import type { Tally } from '../../../shared/contract/schemas.ts';
import type { WhatIf } from '../../../shared/contract/policy-schemas.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import { differs, type Said } from '../../appraisal/what-if.ts';
import type { StandingReader } from '../../store/standing-reader.ts';
import { recordedHosts, sayOf } from './judge-recorded.ts';

type Row = WhatIf['rows'][number];
type Job = Omit<WhatIf, 'rows'> & { readonly rows: Row[]; readonly abort: AbortController };

const MAX_JOBS = 4;
/** Every changed host is kept, up to this many; counts go on. */
const MAX_ROWS = 100_000;
const PROGRESS_EVERY = 500;

const emptyTally = (): Tally => ({ inventory: 0, trusted: 0, failed: 0, stale: 0, inconclusive: 0 });
const add = (tally: Tally, said: Said): void => {
  tally.inventory += 1;
  tally[said.verdict] += 1;
};

export type WhatIfs = {
  /** Begins a job: `manifest` beside the one in force at that moment. What it found can be asked for while it runs. The oldest of more than four jobs is dropped. */
  readonly begin: (
    manifest: Manifest,
    inForce: Manifest,
    atMs: number | null,
  ) => { readonly id: number; readonly finished: Promise<WhatIf> };
  readonly result: (id: number, offset: number, limit: number) => WhatIf | null;
  readonly cancel: (id: number) => void;
  readonly stop: () => Promise<void>;
};

/** "What if this manifest were active": over what is recorded, now or as of a moment. Reads only. */
export const createWhatIfs = (
  standings: StandingReader,
  nowMs: () => number,
  onProgress: (id: number, done: number, total: number, running: boolean) => void,
): WhatIfs => {
  const jobs = new Map<number, Job>();
  const running = new Set<Promise<unknown>>();
  let next = 0;

  const shown = ({ abort: _abort, rows, ...job }: Job, offset: number, limit: number): WhatIf => ({
    ...job,
    before: { ...job.before },
    after: { ...job.after },
    rows: rows.slice(offset, offset + limit),
  });

  const run = async (job: Job, manifest: Manifest, inForce: Manifest): Promise<WhatIf> => {
    const atMs = job.atMs ?? nowMs();
    try {
      for await (const recorded of recordedHosts(standings, job.atMs)) {
        if (job.abort.signal.aborted) break;
        const after = sayOf(recorded, manifest, inForce, atMs);
        job.done += 1;
        if (after === null) job.unknown += 1;
        else {
          const { id, name } = recorded;
          const before = { ...after.was, chain: after.was.chain === null ? null : [...after.was.chain] };
          add(job.before, before);
          add(job.after, after.said);
          if (after.said.verdict === 'failed' && before.verdict !== 'failed') job.newlyFailed += 1;
          if (differs(before, after.said) || after.workloads.length > 0) {
            job.changed += 1;
            const said = { ...after.said, chain: after.said.chain === null ? null : [...after.said.chain] };
            if (job.rows.length < MAX_ROWS)
              job.rows.push({ id, name, before, after: said, policyClass: after.policyClass, workloads: [...after.workloads] });
          }
        }
        if (job.done % PROGRESS_EVERY === 0) onProgress(job.id, job.done, job.total, true);
      }
      job.state = job.abort.signal.aborted ? 'cancelled' : 'done';
      // As of a past moment, hosts that came later are none; and hosts come while it runs.
      if (job.state === 'done') job.total = job.done;
    } catch {
      // The database cannot be read; what was found so far is not the whole.
      job.state = 'failed';
    }
    onProgress(job.id, job.done, job.total, false);
    return shown(job, 0, 0);
  };

  return {
    begin: (manifest, inForce, atMs) => {
      next += 1;
      const job: Job = {
        id: next,
        state: 'running',
        done: 0,
        total: standings.count(),
        atMs,
        before: emptyTally(),
        after: emptyTally(),
        unknown: 0,
        newlyFailed: 0,
        changed: 0,
        rows: [],
        abort: new AbortController(),
      };
      jobs.set(job.id, job);
      for (const [id, old] of jobs) {
        if (jobs.size <= MAX_JOBS) break;
        old.abort.abort();
        jobs.delete(id);
      }
      const finished = run(job, manifest, inForce);
      running.add(finished);
      void finished.finally(() => running.delete(finished));
      return { id: job.id, finished };
    },
    result: (id, offset, limit) => {
      const job = jobs.get(id);
      return job === undefined ? null : shown(job, offset, limit);
    },
    cancel: (id) => jobs.get(id)?.abort.abort(),
    stop: async () => {
      for (const job of jobs.values()) job.abort.abort();
      await Promise.allSettled(running);
    },
  };
};
