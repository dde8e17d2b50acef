import type { Handlers } from '../../../shared/contract/contract.ts';
import type { EndpointStatus } from '../../../shared/contract/schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Problem, type Result } from '../../../shared/model/result.ts';
import { openCheckpoint, signCheckpoint } from '../../ledger/checkpoint.ts';
import type { Who } from '../../ledger/entry.ts';
import type { VerifierKey } from '../../ledger/verifier-key.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import type { Store } from '../../store/store.ts';
import { whoActs } from '../who.ts';
import type { Anchors } from './anchors.ts';
import type { HeadFile } from './head-file.ts';
import type { LedgerKeys } from './key-file.ts';
import { rotation } from './rotation.ts';
import { createSigning, type Signer } from './signing.ts';

export type KeeperOptions = {
  readonly store: Pick<Store, 'ledger'>;
  readonly keys: LedgerKeys;
  readonly head: HeadFile;
  readonly nowMs: () => number;
  readonly version: string;
  readonly shell: string;
  /** Told of each checkpoint; none where nothing goes outside. */
  readonly anchors?: Pick<Anchors, 'look' | 'state'>;
};

export type Keeper = {
  /** Says that Plumbline started, what happened while it was not running, and which endpoints are others than before. */
  readonly begin: (known: readonly Known[], configured: readonly Known[]) => void;
  /** Signs what is not signed yet. `whole`: the confirmations too, which are otherwise gathered for a while. */
  readonly seal: (whole: boolean) => void;
  readonly end: () => void;
  /** Puts a new key in force and deletes the old one. What is recorded meanwhile is signed by both. */
  readonly rotate: (who: Who, reason: string) => Result<VerifierKey>;
  /** Says that nothing was asked for a while although Plumbline was running. */
  readonly gap: (fromMs: number, why: string) => void;
  /** What a person should know of how this start found things: a gap, an end that was none, records that are not here. */
  readonly found: () => readonly string[];
  readonly handlers: Pick<Handlers, 'ledger.state' | 'ledger.rotateKey'>;
};

/** What of an endpoint decides what is asked. */
export type Known = Pick<EndpointStatus, 'name' | 'kind' | 'url' | 'intervalMs'> & { readonly lastSweepAtMs?: number | null };

const COVER_EVERY_MS = 60_000;
const GAP_INTERVALS = 3;
const wordsOf = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 300);
const iso = (ms: number): string => new Date(ms).toISOString();

const sameEndpoint = (a: Known, b: Known): boolean => a.kind === b.kind && a.url === b.url && a.intervalMs === b.intervalMs;

/** Keeps the ledger signed: makes the key, signs the tree after what happened, and says what happened to Plumbline itself. */
export const createKeeper = (options: KeeperOptions): Keeper => {
  const { store, keys, head, nowMs } = options;
  const { ledger } = store;
  let signer: Signer | null = null;
  let problem: Problem | null = null;
  let coveredAtMs = 0;
  /** What a person should know of how this start found things. */
  const found: string[] = [];
  ledger.useClock(nowMs);
  const signing = createSigning(ledger, keys);

  const enter = (kind: string, subject: string, body: Parameters<typeof ledger.append>[0]['body']): void => {
    ledger.append({ who: BY_ITSELF, kind, subject, body });
  };

  /** An older database in the place of the one that was signed last: what was recorded in between is not here. */
  const noticeRewind = (): void => {
    const note = head.read();
    // Any key of this ledger: it may have been written before the last rotation, or after one that this database does not know.
    const keysNow = signer === null ? [] : [signer.key];
    const opened = note === null ? null : openCheckpoint(note, [...keysNow, ...signing.named()]);
    if (note === null || opened?.ok !== true) return;
    const { size, root } = opened.value.checkpoint;
    const kept = ledger.newest()?.size ?? 0;
    const there = size > kept ? null : ledger.rootAt(size);
    if (there?.ok === true && there.value.equals(root)) return;
    const why =
      size > kept ? 'an older database is in place of the one that was signed last' : 'the ledger that was signed last is another one';
    const detail = `${why}: ${Math.max(0, size - kept)} entries are not here.`;
    found.push(
      `What was recorded last is not here: ${detail} The ledger goes on from what is here, and keeps the checkpoint that shows it.`,
    );
    enter('store.restored', 'database', {
      why,
      entriesBefore: size,
      entriesNow: kept,
      checkpoint: note,
      detail,
    });
  };

  const ready = (): Result<Signer> => {
    if (signer !== null) return ok(signer);
    const made = signing.open();
    if (made.ok) {
      signer = made.value;
      noticeRewind();
    }
    return made;
  };

  const seal = (whole: boolean): void => {
    try {
      const own = ready();
      if (!own.ok) {
        problem = own.problem;
        return;
      }
      const { privateKey, key } = own.value;
      const cover = whole || nowMs() - coveredAtMs >= COVER_EVERY_MS;
      const sealed = ledger.seal(nowMs(), cover, ({ size, root }) => signCheckpoint({ origin: key.name, size, root }, [{ privateKey }]));
      if (cover) coveredAtMs = nowMs();
      problem = sealed.ok ? null : sealed.problem;
      if (sealed.ok && sealed.value !== null) {
        head.write(sealed.value.note);
        options.anchors?.look();
      }
    } catch (error) {
      ({ problem } = fail(
        'ledger-not-signed',
        `What is recorded could not be signed: ${wordsOf(error)}.`,
        'Free space on the disk; it is tried again.',
      ));
    }
  };

  const rotate: Keeper['rotate'] = (who, reason) => {
    try {
      const own = ready();
      if (!own.ok) return own;
      const steps = rotation({ ledger, keys, head, nowMs, who, reason, old: own.value });
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) signer = step.value;
      options.anchors?.look();
      return step.value;
    } catch (error) {
      return fail('ledger-not-signed', `The key could not be rotated: ${wordsOf(error)}.`, 'Free space on the disk and try again.');
    }
  };

  const noticeEnd = (): 'stopped' | 'not stopped' | 'first start' => {
    // Other entries may stand behind it: a manifest that was given is taken on before the start is told.
    const [newest] = ledger.list({ kind: 'engine' }, 0, 1).rows;
    if (newest === undefined) return 'first start';
    if (newest.kind === 'engine.stopped') return 'stopped';
    found.push('Plumbline ended the last time without being stopped.');
    return 'not stopped';
  };

  const noticeGap = (known: readonly Known[], before: ReturnType<typeof noticeEnd>): void => {
    const last = ledger.lastAtMs();
    const swept = known.map((endpoint) => endpoint.lastSweepAtMs ?? 0);
    const lastAtMs = Math.max(last ?? 0, ...swept);
    const shortest = Math.min(...known.map((endpoint) => endpoint.intervalMs));
    if (last === null || known.length === 0 || nowMs() - lastAtMs <= GAP_INTERVALS * shortest) return;
    const why = before === 'stopped' ? 'Plumbline was not running' : 'Plumbline ended without being stopped';
    found.push(`Nothing was asked from ${iso(lastAtMs)} to ${iso(nowMs())}: ${why}.`);
    enter('polling.gap', 'fleet', { from: iso(lastAtMs), to: iso(nowMs()), why });
  };

  const noticeEndpoints = (known: readonly Known[], configured: readonly Known[]): void => {
    const before = new Map(known.map((endpoint) => [endpoint.name, endpoint]));
    for (const { name, kind, url, intervalMs } of configured) {
      const was = before.get(name);
      const now = { name, kind, url, intervalMs };
      before.delete(name);
      if (was === undefined || !sameEndpoint(was, now))
        enter('endpoint.changed', `endpoint ${name}`, {
          before: was === undefined ? null : { kind: was.kind, url: was.url, intervalMs: was.intervalMs },
          after: { kind, url, intervalMs },
          detail: was === undefined ? `${name} is asked from now on: ${url}` : `${name} is another than before: ${url}`,
        });
    }
    for (const { name, url } of before.values())
      enter('endpoint.changed', `endpoint ${name}`, { after: null, detail: `${name} is not asked any more: ${url}` });
  };

  return {
    begin: (known, configured) => {
      try {
        const before = noticeEnd();
        noticeGap(known, before);
        const { version, shell } = options;
        enter('engine.started', 'Plumbline', { version, shell, before });
        noticeEndpoints(known, configured);
      } catch {
        // Sealing meets the same disk and says what is wrong with it.
      }
      seal(true);
    },
    seal,
    end: () => {
      try {
        enter('engine.stopped', 'Plumbline', { version: options.version, shell: options.shell });
      } catch {
        // A disk that takes no last word shows at the next start: it then ended without being stopped.
      }
      seal(true);
    },
    rotate,
    found: () => found,
    gap: (fromMs, why) => {
      try {
        enter('polling.gap', 'fleet', { from: iso(fromMs), to: iso(nowMs()), why });
      } catch {
        // What cannot be written is said by the next seal.
      }
    },
    handlers: {
      'ledger.rotateKey': ({ reason }) => {
        const rotated = rotate({ kind: 'os-user', name: whoActs() }, reason);
        return rotated.ok ? { ok: true, verifierKey: rotated.value.text } : rotated;
      },
      'ledger.state': () => ({
        entries: ledger.size(),
        checkpoint: ledger.newest(),
        verifierKey: signing.named()[0]?.text ?? '',
        problem,
        anchors: options.anchors?.state() ?? [],
        found: [...found],
      }),
    },
  };
};
