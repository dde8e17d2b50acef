import { createHash } from 'node:crypto';
import type { Handlers } from '../../../shared/contract/contract.ts';
import type { Activation } from '../../../shared/contract/policy-schemas.ts';
import { BUILT_IN_MANIFEST, type Manifest } from '../../appraisal/manifest/manifest.ts';
import { parseManifest } from '../../appraisal/manifest/parse.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { Store } from '../../store/store.ts';
import { breath } from '../breath.ts';
import { isSamePerson } from '../who.ts';
import { compareText } from './compare-text.ts';
import { redecisionOf } from './redecide.ts';
import { createWhatIfs } from './what-if.ts';

/** The manifest in force, with the number of its version; 0 = the built-in defaults. */
export type InForce = { readonly number: number; readonly manifest: Manifest };

type PolicyCalls = Extract<keyof Handlers, `policy.${string}`>;

export type Policy = {
  readonly inForce: () => InForce;
  /** Something about the manifest that a person should know; null = nothing. */
  readonly notice: () => string | null;
  readonly handlers: Pick<Handlers, PolicyCalls>;
  /**
   * Decides again whatever another version decided last, and puts a file given at start in force where it may be. Resolves when all is written:
   * whether anything of it was, or is otherwise than a screen knows it.
   */
  readonly apply: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
};

export type PolicyOptions = {
  readonly store: Pick<Store, 'policy' | 'standings' | 'write'>;
  /** A manifest file given at start; null = none. It has been read without problems. */
  readonly given: string | null;
  /** Who acts: the operating system's user, never empty. */
  readonly user: string;
  readonly nowMs: () => number;
  readonly onProgress: (id: number, done: number, total: number, running: boolean) => void;
  /** Called when another version is in force. */
  readonly onChange: (inForce: InForce) => void;
};

const APPLY_STEP = 10;
const GIVEN = 'Given as a file at start.';
const ASKS_FOR_TWO = /\bapprovals["']?\s*:\s*["']?2/u;
const refused = (message: string, nextStep: string): Activation => ({ state: 'refused', message, nextStep });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Versions of the manifest: read, compared, tried out, activated, approved. A manifest that cannot be read never replaces one that can. */
export const createPolicy = (options: PolicyOptions): Policy => {
  const { store, user, nowMs } = options;
  const versions = store.policy;
  const whatIfs = createWhatIfs(store.standings, nowMs, options.onProgress);
  let current: InForce = { number: 0, manifest: BUILT_IN_MANIFEST };
  let notice: string | null = null;
  /** The file given at start, as long as it is another than what was in force. */
  let given: InForce | null = null;
  let applying: { done: number; total: number } | null = null;
  let redecided = 0;
  let applied: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  const inForceAt = (atMs: number | null): Manifest => {
    if (atMs === null) return current.manifest;
    const then = versions.activeAt(atMs);
    const parsed = then === null ? null : parseManifest(then.text);
    return parsed?.ok === true ? parsed.manifest : BUILT_IN_MANIFEST;
  };

  const putInForce = (number: number, manifest: Manifest): void => {
    current = { number, manifest };
    options.onChange(current);
  };

  const applyAll = async (): Promise<void> => {
    const { number, manifest } = current;
    applying = { done: 0, total: store.standings.count() };
    try {
      for (let after = ''; !stopping.signal.aborted && current.number === number; ) {
        const ids = store.standings.decidedByOthers(number, after, APPLY_STEP);
        for (const id of ids) {
          const redecision = redecisionOf(id, store.standings, manifest, number, nowMs());
          if (redecision !== null) store.write.redecide(redecision);
          applying.done += 1;
          redecided += 1;
        }
        const last = ids.at(-1);
        if (last === undefined || ids.length < APPLY_STEP) break;
        after = last;
        await breath();
      }
    } finally {
      applying = null;
    }
  };
  const applyNext = (): Promise<void> => {
    applied = applied.then(applyAll, applyAll);
    return applied;
  };

  const activateVersion = (number: number, manifest: Manifest, approvedBy: string | null, detail: string): Activation => {
    versions.activate(number, approvedBy, user, nowMs(), detail);
    notice = null;
    putInForce(number, manifest);
    // What cannot be written now is decided again at the next observation of the host, or the next start.
    void applyNext().catch(() => {});
    return { state: 'active', number };
  };

  /** Asks again where more of the fleet would newly fail than the manifest in force lets pass unasked. */
  const guard = async (manifest: Manifest, confirmed: boolean): Promise<Activation | null> => {
    if (confirmed) return null;
    const { number } = current;
    const { askAboveShare } = current.manifest.activation;
    // What newly fails is counted against what is recorded, so that must be what the manifest in force says.
    await applied.catch(() => {});
    const { newlyFailed, total, state } = await whatIfs.begin(manifest, current.manifest, null).finished;
    if (current.number !== number)
      return refused('Another version was put in force meanwhile, so what was found out no longer holds.', 'Look at it, then try again.');
    if (state !== 'done')
      return refused('What it would change could not be found out.', 'Try again when fewer others are being tried out.');
    return total > 0 && newlyFailed / total > askAboveShare ? { state: 'ask-again', newlyFailed, hosts: total, askAboveShare } : null;
  };

  /** Activates a text that is valid, or proposes it where a second person must approve. */
  const submit = async (text: string, manifest: Manifest, reason: string, confirmed: boolean): Promise<Activation> => {
    const asked = await guard(manifest, confirmed);
    if (asked !== null) return asked;
    const number = versions.propose({ text, sha256: sha256(text), name: manifest.name, author: user, reason }, nowMs());
    // The rule of the manifest in force counts: a new one cannot lift it by itself.
    if (current.manifest.activation.approvals === 2) return { state: 'proposed', number };
    return activateVersion(number, manifest, null, reason);
  };

  /** Why somebody may not approve a version; null = nothing is in the way. */
  const obstacle = (number: number): Activation | null => {
    const version = versions.version(number);
    if (version?.state !== 'proposed') return refused(`Version ${number} waits for no approval.`, 'Look at the list of versions.');
    if (current.manifest.activation.approvals === 2 && isSamePerson(version.author, user))
      return refused(`${visibleText(user)} proposed version ${number} and cannot approve it.`, 'Ask a second person.');
    return null;
  };

  const approve = async (number: number, confirmed: boolean): Promise<Activation> => {
    const version = versions.version(number);
    const before = obstacle(number);
    if (before !== null || version === null) return before ?? refused('There is no such version.', 'Look at the list of versions.');
    const parsed = parseManifest(version.text);
    if (!parsed.ok) return { state: 'invalid', problems: [...parsed.problems] };
    // While it is found out what would change, somebody else may have approved or withdrawn it.
    const asked = (await guard(parsed.manifest, confirmed)) ?? obstacle(number);
    return asked ?? activateVersion(number, parsed.manifest, user, `Approved by ${user}; proposed by ${version.author}.`);
  };

  const withdraw = (number: number, reason: string): Activation => {
    if (versions.version(number)?.state !== 'proposed')
      return refused(`Version ${number} is not waiting.`, 'Look at the list of versions.');
    versions.withdraw(number, user, reason);
    if (given?.number === number) notice = null;
    return { state: 'withdrawn', number };
  };

  /** The proposal of the file given at start; the one that waits already where it is the same. */
  const proposeGiven = (text: string, manifest: Manifest): number =>
    versions.versions(0, 50).find((version) => version.state === 'proposed' && version.sha256 === sha256(text))?.number ??
    versions.propose({ text, sha256: sha256(text), name: manifest.name, author: user, reason: GIVEN }, nowMs());

  /** What is in force at start: the last active version, until the file given may take its place. */
  const adopt = (): void => {
    const active = versions.active();
    const parsed = active === null ? null : parseManifest(active.text);
    if (active !== null && parsed?.ok === true) current = { number: active.number, manifest: parsed.manifest };
    if (active !== null && parsed?.ok === false) {
      notice = `The active manifest (version ${active.number}) cannot be read by this version of Plumbline; the built-in defaults apply.`;
      // That it cannot be read must not let one person do what it left to two.
      if (ASKS_FOR_TWO.test(active.text))
        current = { number: 0, manifest: { ...BUILT_IN_MANIFEST, activation: { ...BUILT_IN_MANIFEST.activation, approvals: 2 } } };
    }
    if (options.given === null || sha256(options.given) === active?.sha256) return;
    const file = parseManifest(options.given);
    if (!file.ok) return;
    const number = proposeGiven(options.given, file.manifest);
    given = { number, manifest: file.manifest };
    const waits = `The manifest file given at start is version ${number}`;
    if (current.manifest.activation.approvals === 2)
      notice = `${waits} and waits for the approval of a second person; version ${current.number} stays in force.`;
    else if (store.standings.count() > 0) notice = `${waits}; what it would change is being found out.`;
    else {
      versions.activate(number, null, user, nowMs(), GIVEN);
      current = given;
    }
  };
  try {
    adopt();
  } catch {
    notice = 'The manifest given at start could not be recorded, so it is not in force. Free space on the disk and start again.';
  }

  /** A file is asked about as any other proposal: it takes effect where it may, and waits where it would fail too many. */
  const settleGiven = async (): Promise<void> => {
    if (given === null || given.number === current.number || obstacle(given.number) !== null) return;
    const { number, manifest } = given;
    const asked = (await guard(manifest, false)) ?? obstacle(number);
    if (stopping.signal.aborted) return;
    if (asked === null) {
      activateVersion(number, manifest, null, GIVEN);
      return;
    }
    const why =
      asked.state === 'ask-again'
        ? `It would newly fail ${asked.newlyFailed} of ${asked.hosts} hosts.`
        : 'message' in asked
          ? asked.message
          : '';
    notice = `The manifest file given at start is version ${number} and not in force until somebody approves it on the page “Policy”. ${why}`;
  };
  const apply = async (): Promise<boolean> => {
    const before = { number: current.number, notice, redecided };
    await applyNext();
    await settleGiven();
    await applied;
    return redecided > before.redecided || current.number !== before.number || notice !== before.notice;
  };

  const handlers: Policy['handlers'] = {
    'policy.get': () => ({
      number: current.number,
      name: current.manifest.name,
      text: current.number === 0 ? null : (versions.version(current.number)?.text ?? null),
      approvals: current.manifest.activation.approvals,
      applying,
      notice,
    }),
    'policy.check': ({ text }) => {
      const parsed = parseManifest(text);
      return { valid: parsed.ok, problems: parsed.ok ? [] : [...parsed.problems], warnings: parsed.ok ? [...parsed.warnings] : [] };
    },
    'policy.versions': ({ offset, limit }) =>
      versions.versions(offset, limit).map((version) => ({
        ...version,
        author: visibleText(version.author),
        reason: visibleText(version.reason, 2_000),
        approvedBy: version.approvedBy === null ? null : visibleText(version.approvedBy),
      })),
    'policy.version': ({ number }) => versions.version(number),
    'policy.compare': ({ from, to }) => compareText(versions.version(from)?.text ?? '', versions.version(to)?.text ?? ''),
    'policy.whatIf': ({ text, atMs }) => {
      const parsed = parseManifest(text);
      if (!parsed.ok) return { ok: false, problems: [...parsed.problems] };
      return { ok: true, id: whatIfs.begin(parsed.manifest, inForceAt(atMs ?? null), atMs ?? null).id };
    },
    'policy.whatIfResult': ({ id, offset, limit }) => whatIfs.result(id, offset, limit),
    'policy.whatIfCancel': ({ id }) => {
      whatIfs.cancel(id);
      return {};
    },
    'policy.activate': ({ text, reason, confirmed }) => {
      const parsed = parseManifest(text);
      return parsed.ok ? submit(text, parsed.manifest, reason, confirmed) : { state: 'invalid', problems: [...parsed.problems] };
    },
    'policy.approve': ({ number, confirmed }) => approve(number, confirmed),
    'policy.withdraw': ({ number, reason }) => withdraw(number, reason),
  };

  return {
    inForce: () => current,
    notice: () => notice,
    handlers,
    apply,
    stop: async () => {
      stopping.abort();
      await whatIfs.stop();
      await applied.catch(() => {});
    },
  };
};
