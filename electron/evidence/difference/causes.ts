import type { BootEvent } from '../types.ts';
import { programOf } from '../event-log/meaning/boot-files.ts';
import { remarkOn } from '../event-log/meaning/command-line.ts';
import { entryChanges, parameterChanges } from './details.ts';
import type { Pair } from './events.ts';
import type { Cause } from './types.ts';

type Judgement = Cause['judgement'];
export type Suggest = (cause: string, judgement: Judgement, reason: string) => void;

const MAX_REASONS = 6;

/** Collects causes, each once, with the reasons that speak for it. */
export const causeList = (): { readonly suggest: Suggest; readonly causes: () => readonly Cause[] } => {
  const found = new Map<string, { judgement: Judgement; reasons: string[] }>();
  const weight: Readonly<Record<Judgement, number>> = { 'not-benign': 0, look: 1, 'likely-benign': 2 };
  return {
    suggest: (cause, judgement, reason) => {
      const known = found.get(cause) ?? { judgement, reasons: [] };
      found.set(cause, known);
      if (known.reasons.length < MAX_REASONS && !known.reasons.includes(reason)) known.reasons.push(reason);
    },
    causes: () =>
      [...found]
        .map(([cause, { judgement, reasons }]) => ({ cause, judgement, reasons }))
        .sort((x, y) => weight[x.judgement] - weight[y.judgement]),
  };
};

const IMAGE_PARAMETER = /^(?:BOOT_IMAGE|initrd)=/u;
const numeric = (text: string | undefined): number => (text !== undefined && /^\d{1,12}$/u.test(text) ? Number(text) : Number.NaN);

const ofKeys = (a: BootEvent, b: BootEvent, suggest: Suggest): void => {
  const name = b.variable?.name ?? '';
  const entries = entryChanges(a, b);
  if (name !== 'dbx') {
    suggest('Secure Boot keys were changed', 'not-benign', `${name} (PCR ${b.pcr}) differs: it decides what firmware lets start`);
    return;
  }
  if (entries !== null && entries.removed.length > 0)
    suggest('revocations were taken back', 'not-benign', `dbx lost ${entries.removed.length} entries, which updates never do`);
  else if (entries !== null && entries.added.length > 0)
    suggest('dbx update', 'likely-benign', `dbx gained ${entries.added.length} entries and lost none`);
};

const ofSwitch = (a: BootEvent, b: BootEvent, suggest: Suggest): void => {
  const name = b.variable?.name ?? '';
  const [before, after] = [a.variable?.valueHex, b.variable?.valueHex];
  if (name === 'SecureBoot' && before === '01')
    suggest('Secure Boot was switched off', 'not-benign', `SecureBoot went from 1 to ${after === '00' ? '0' : after}`);
  else if (name === 'SecureBoot')
    suggest('Secure Boot was switched on', 'look', `SecureBoot went to ${after === '01' ? '1' : (after ?? '?')}`);
  else suggest('a Secure Boot switch was changed', 'not-benign', `${name} went from ${before ?? '?'} to ${after ?? '?'}`);
};

const ofCommandLine = (a: BootEvent, b: BootEvent, suggest: Suggest): void => {
  const parameters = parameterChanges(a, b);
  if (parameters === null) return;
  const [added, removed] = [parameters.added, parameters.removed].map((list) => list.filter((one) => !IMAGE_PARAMETER.test(one)));
  if ((added?.length ?? 0) + (removed?.length ?? 0) === 0)
    suggest('kernel update', 'likely-benign', 'the command line differs only in the image it names');
  for (const one of [...(added ?? []), ...(removed ?? [])].slice(0, MAX_REASONS)) {
    const remark = remarkOn(one);
    const verb = added?.includes(one) === true ? 'added' : 'removed';
    suggest('the kernel command line was changed', 'look', `${one} ${verb}${remark === undefined ? '' : `: ${remark}`}`);
  }
};

const ofRevocations = (a: BootEvent, b: BootEvent, suggest: Suggest): void => {
  const before = a.meaning.revocations ?? {};
  const after = b.meaning.revocations ?? {};
  const lower = Object.keys(before).filter((component) => !(numeric(after[component]) >= numeric(before[component])));
  if (lower.length > 0) suggest('the SBAT revocation level was lowered', 'not-benign', `${lower.slice(0, 4).join(', ')} went down or away`);
  else suggest('SBAT revocation update', 'likely-benign', 'every component is at least at its former generation');
};

const pathOf = (event: BootEvent): string =>
  event.meaning.facts.find((fact) => fact.label === 'path' || fact.label === 'kernel' || fact.label === 'file')?.value ?? '';

const ofImage = (event: BootEvent, suggest: Suggest): void => {
  const program = programOf(pathOf(event));
  const reason = `${program ?? 'a program'} of PCR 4 differs (event ${event.index})`;
  if (program === 'Linux kernel' || program === 'unified kernel image') suggest('kernel update', 'likely-benign', reason);
  else if (program === undefined) suggest('another program was started during boot', 'look', reason);
  else suggest(`boot loader update (${program})`, 'likely-benign', reason);
};

/** What a difference of one event speaks for. */
const ofPair = (pair: Pair, suggest: Suggest): void => {
  const event = pair.b ?? pair.a;
  if (event === null) return;
  const where = `event ${event.index} of PCR ${event.pcr}`;
  const both = pair.a !== null && pair.b !== null ? ([pair.a, pair.b] as const) : null;
  const kind: string = event.meaning.kind;
  switch (kind) {
    case 'key-database':
      if (both !== null) ofKeys(...both, suggest);
      else suggest('Secure Boot keys were changed', 'not-benign', `${event.meaning.subject} is only in one of the two`);
      return;
    case 'secure-boot-switch':
      if (both !== null) ofSwitch(...both, suggest);
      else suggest('a Secure Boot switch was changed', 'not-benign', `${event.meaning.subject} is only in one of the two`);
      return;
    case 'kernel-command-line':
      if (both !== null) ofCommandLine(...both, suggest);
      else suggest('the kernel command line was changed', 'look', `${where} is only in one of the two`);
      return;
    case 'revocation-level':
      if (both !== null) ofRevocations(...both, suggest);
      return;
    case 'owner-keys':
      suggest('machine owner keys were changed', 'look', `${event.meaning.subject} (PCR ${event.pcr}) differs: shim trusts what it lists`);
      return;
    case 'authority':
      suggest('something signed with another key was started', 'look', `${where} names another authority`);
      return;
    case 'boot-order':
    case 'boot-entry':
      suggest('boot order or entries were changed', 'likely-benign', `${event.meaning.subject} differs`);
      return;
    case 'partition-table':
      suggest('disk or partitions were changed', 'likely-benign', `${where} is another partition table`);
      return;
    case 'boot-application':
      ofImage(event, suggest);
      return;
    case 'initial-ram-disk':
      suggest('kernel update', 'likely-benign', `the initial RAM disk differs (${where})`);
      return;
    case 'file-read':
      if (/vmlinuz|bzImage/u.test(event.meaning.subject)) suggest('kernel update', 'likely-benign', `the kernel file differs (${where})`);
      return;
    case 'driver':
      suggest(event.pcr === 2 ? 'hardware change (option ROM)' : 'firmware update', 'likely-benign', `${where} is another driver`);
      return;
    case 'firmware-version':
    case 'firmware-volume':
    case 'firmware-code':
    case 'microcode':
      suggest('firmware update', 'likely-benign', `${event.meaning.subject} differs (PCR ${event.pcr})`);
      return;
    case 'windows':
      suggest('another Windows boot (counters, loaded drivers, updates)', 'likely-benign', `${where} is a record of Windows`);
      return;
    default:
      // Of the rest a difference speaks for nothing in particular.
      return;
  }
};

/**
 * Suggestions only: every one of these differences is also what an attacker would make it look like. What is judged is whether the
 * new digests are in the reference values.
 */
export const causesOf = (pairs: readonly Pair[]): readonly Cause[] => {
  const { suggest, causes } = causeList();
  for (const pair of pairs) if (pair.status !== 'same') ofPair(pair, suggest);
  const found = causes();
  const weakened = found.some((cause) => cause.judgement === 'not-benign');
  return weakened
    ? found.map((cause) =>
        cause.judgement === 'likely-benign'
          ? { ...cause, judgement: 'look', reasons: [...cause.reasons, 'beside a change that is not benign'] }
          : cause,
      )
    : found;
};
