import { createHash } from 'node:crypto';
import type { Handlers } from '../../../shared/contract/contract.ts';
import type { Activation } from '../../../shared/contract/policy-schemas.ts';
import { BUILT_IN_MANIFEST, type Manifest } from '../../appraisal/manifest/manifest.ts';
import { parseManifest } from '../../appraisal/manifest/parse.ts';
import type { Store } from '../../store/store.ts';
import { breath } from '../breath.ts';
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
  /** Decides again whatever another version decided last. Resolves when all is written. */
  readonly apply: () => Promise<void>;
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
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Versions of the manifest: read, compared, tried out, activated, approved. A manifest that cannot be read never replaces one that can. */
export const createPolicy = (options: PolicyOptions): Policy => {
  const { store, user, nowMs } = options;
  const versions = store.policy;
  const whatIfs = createWhatIfs(store.standings, nowMs, options.onProgress);
  let current: InForce = { number: 0, manifest: BUILT_IN_MANIFEST };
  let notice: string | null = null;
  let applying: { done: number; total: number } | null = null;
  let applied: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  const inForceAt = (atMs: number | null): Manifest => {
    const then = atMs === null ? null : versions.activeAt(atMs);
    const parsed = then === null ? null : parseManifest(then.text);
    return parsed?.ok === true ? parsed.manifest : current.manifest;
  };

  const putInForce = (number: number, manifest: Manifest): void => {
    current = { number, manifest };
    options.onChange(current);
  };

  const applyAll = async (): Promise<void> => {
    const { number, manifest } = current;
    applying = { done: 0, total: store.standings.count() };
    for (let after = ''; !stopping.signal.aborted && current.number === number; ) {
      const ids = store.standings.decidedByOthers(number, after, APPLY_STEP);
      for (const id of ids) {
        const redecision = redecisionOf(id, store.standings, manifest, number, nowMs());
        if (redecision !== null) store.write.redecide(redecision);
        applying.done += 1;
      }
      const last = ids.at(-1);
      if (last === undefined || ids.length < APPLY_STEP) break;
      after = last;
      await breath();
    }
    applying = null;
  };
  const apply = (): Promise<void> => {
    applied = applied.then(applyAll, applyAll);
    return applied;
  };

  const activateVersion = (number: number, manifest: Manifest, approvedBy: string | null, detail: string): Activation => {
    versions.activate(number, approvedBy, user, nowMs(), detail);
    notice = null;
    putInForce(number, manifest);
    // What cannot be written now is decided again at the next observation of the host, or the next start.
    void apply().catch(() => {});
    return { state: 'active', number };
  };

  /** Asks again where more of the fleet would newly fail than the manifest in force lets pass unasked. */
  const guard = async (manifest: Manifest, confirmed: boolean): Promise<Activation | null> => {
    if (confirmed) return null;
    const { askAboveShare } = current.manifest.activation;
    const { newlyFailed, total, state } = await whatIfs.begin(manifest, current.manifest, null).finished;
    if (state !== 'done')
      return { state: 'refused', message: 'What it would change could not be found out.', nextStep: 'Try again, or confirm without.' };
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

  const approve = async (number: number, confirmed: boolean): Promise<Activation> => {
    const version = versions.version(number);
    if (version?.state !== 'proposed')
      return { state: 'refused', message: `Version ${number} waits for no approval.`, nextStep: 'Look at the list of versions.' };
    if (version.author === user)
      return { state: 'refused', message: `${user} proposed version ${number} and cannot approve it.`, nextStep: 'Ask a second person.' };
    const parsed = parseManifest(version.text);
    if (!parsed.ok) return { state: 'invalid', problems: [...parsed.problems] };
    return (
      (await guard(parsed.manifest, confirmed)) ??
      activateVersion(number, parsed.manifest, user, `Approved by ${user}; proposed by ${version.author}.`)
    );
  };

  const withdraw = (number: number, reason: string): Activation => {
    if (versions.version(number)?.state !== 'proposed')
      return { state: 'refused', message: `Version ${number} is not waiting.`, nextStep: 'Look at the list of versions.' };
    versions.withdraw(number, user, nowMs(), reason);
    return { state: 'proposed', number };
  };

  /** What is in force at start: the file given, if it may be; else the last active version. */
  const adopt = (): void => {
    const active = versions.active();
    const parsed = active === null ? null : parseManifest(active.text);
    if (active !== null && parsed?.ok === true) current = { number: active.number, manifest: parsed.manifest };
    if (active !== null && parsed?.ok === false)
      notice = `The active manifest (version ${active.number}) cannot be read by this version of Plumbline; the built-in defaults apply.`;
    const { given } = options;
    if (given === null || sha256(given) === active?.sha256) return;
    const file = parseManifest(given);
    if (!file.ok) return;
    if (current.manifest.activation.approvals === 2) {
      const waiting = versions.versions(0, 50).find((version) => version.state === 'proposed' && version.sha256 === sha256(given));
      const number =
        waiting?.number ??
        versions.propose(
          { text: given, sha256: sha256(given), name: file.manifest.name, author: user, reason: 'Given as a file at start.' },
          nowMs(),
        );
      notice = `The manifest file given at start is version ${number} and waits for the approval of a second person; version ${current.number} stays in force.`;
      return;
    }
    const number = versions.propose(
      { text: given, sha256: sha256(given), name: file.manifest.name, author: user, reason: 'Given as a file at start.' },
      nowMs(),
    );
    versions.activate(number, null, user, nowMs(), 'Given as a file at start.');
    current = { number, manifest: file.manifest };
  };
  try {
    adopt();
  } catch {
    notice = 'The manifest given at start could not be recorded, so it is not in force. Free space on the disk and start again.';
  }

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
    'policy.versions': ({ offset, limit }) => versions.versions(offset, limit).map((version) => ({ ...version })),
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
