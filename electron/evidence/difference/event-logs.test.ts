import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { parseEventLog } from '../index.ts';
import { BANK, agileEvent, digestList, le16, le64, specId, uefiVariable } from '../testing/host.ts';
import type { EventLogFacts } from '../types.ts';
import { diffEventLogs } from './event-logs.ts';
import type { DifferenceOptions, LogDifference } from './types.ts';

const log = (events: readonly Buffer[], banks: readonly string[] = BANK): EventLogFacts => {
  const parsed = parseEventLog(Buffer.concat([specId(banks), ...events]));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};
const diff = (a: readonly Buffer[], b: readonly Buffer[], options: DifferenceOptions = {}): LogDifference =>
  diffEventLogs(log(a), log(b), options);

const config = (name: string, value: Uint8Array): Buffer => agileEvent(BANK, 7, 0x80000001, uefiVariable(name, value));
const file = (path: string, content = path): Buffer => agileEvent(BANK, 9, 0x0d, Buffer.from(`${path}\0`), Buffer.from(content));
const command = (line: string): Buffer => agileEvent(BANK, 8, 0x0d, Buffer.from(`kernel_cmdline: ${line}\0`), Buffer.from(line));
const image = (path: string, content: string): Buffer => {
  const body = Buffer.from(`${path}\0`, 'utf16le');
  const node = Buffer.concat([Buffer.from([4, 4]), le16(body.length + 4), body, Buffer.from([0x7f, 0xff, 4, 0])]);
  return agileEvent(BANK, 4, 0x80000003, Buffer.concat([Buffer.alloc(24), le64(BigInt(node.length)), node]), Buffer.from(content));
};
const separator = (pcr: number): Buffer => agileEvent(BANK, pcr, 4, Buffer.alloc(4));
const causesOf = (difference: LogDifference): readonly (readonly [string, string])[] =>
  difference.causes.map(({ cause, judgement }) => [judgement, cause]);

describe('two logs', () => {
  const base = [
    config('SecureBoot', Buffer.from([1])),
    separator(7),
    image('\\EFI\\ubuntu\\shimx64.efi', 'shim 1'),
    file('/boot/grub.cfg'),
  ];

  it('that measure the same are identical', () => {
    expect(diff(base, base)).toMatchObject({ identical: true, firstDivergence: null, changes: [], causes: [], notCompared: [] });
  });

  it('that differ only in the order across PCRs are identical, because that order is not evidence', () => {
    expect(
      diff(
        base,
        [base[2], base[0], base[3], base[1]].filter((event) => event !== undefined),
      ).identical,
    ).toBe(true);
  });

  it('in another order within one PCR are not', () => {
    const [one, two, three] = [file('/a'), file('/b'), file('/c')];
    const { identical, changes } = diff([one, two, three], [two, three, one]);
    expect(identical).toBe(false);
    expect(changes).toMatchObject([{ change: 'moved', indexA: 1, indexB: 3 }]);
  });

  it('say where they first diverge, in the order of B, and per PCR', () => {
    const { firstDivergence, pcrs } = diff(
      base,
      [base[0], base[1], image('\\EFI\\ubuntu\\shimx64.efi', 'shim 2'), file('/boot/grub.cfg', 'x')].filter((event) => event !== undefined),
    );
    expect(firstDivergence).toMatchObject({ change: 'changed', pcr: 4, indexA: 3, indexB: 3 });
    expect(firstDivergence?.reason).toMatch(/^PCR 4: shim .* differs: digest from .* to /u);
    expect(pcrs.map((pcr) => [pcr.pcr, pcr.same, pcr.changed, pcr.valueDiffers])).toEqual([
      [0, 1, 0, false],
      [4, 0, 1, true],
      [7, 2, 0, false],
      [9, 0, 1, true],
    ]);
  });

  it('diverge first where the last event of a PCR is missing, not at what comes after it', () => {
    const { firstDivergence, changes } = diff(
      [file('/a'), command('ro'), file('/b'), file('/c')],
      [file('/a'), file('/b', 'x'), file('/c')],
    );
    expect(firstDivergence).toMatchObject({ change: 'removed', pcr: 8, indexA: 2, indexB: null });
    expect(changes.map((change) => change.pcr)).toEqual([8, 9]);
    const gone = diff([file('/a'), file('/b'), file('/c'), command('ro')], [file('/a', 'x'), command('quiet')]).changes;
    expect(gone.map(({ pcr, indexA }) => [pcr, indexA])).toEqual([
      [9, 1],
      [9, 2],
      [8, 4],
      [9, 3],
    ]);
  });

  it('with the same digest over another description are not identical', () => {
    const { changes } = diff([file('/a', 'x')], [file('/b', 'x')]);
    expect(changes).toMatchObject([{ change: 'changed' }]);
    expect(changes[0]?.reason).toContain('same digest but another description');
  });

  it('never hold the digest of one algorithm against that of another', () => {
    const both = ['sha1', 'sha256'];
    const described = (banks: readonly string[], text: string): EventLogFacts =>
      log([agileEvent(banks, 9, 0x0d, Buffer.from(text), Buffer.from('x'))], banks);
    const event = diffEventLogs(described(both, '/a'), described(['sha1'], '/b')).changes.find((change) => change.pcr === 9);
    expect(event?.reason).toContain('same digest but another description');
    expect(event?.details.join(' ')).not.toContain('digest from');
    const otherSha1 = Buffer.from(agileEvent(both, 9, 0x0d, Buffer.from('/a'), Buffer.from('x'))).fill(7, 14, 34);
    const [split] = diffEventLogs(described(both, '/a'), log([otherSha1], both)).changes;
    expect(split?.reason).toContain('digest from');
    const lone = diffEventLogs(described(['sha256'], '/a'), described(['sha1'], '/b')).changes.find((change) => change.pcr === 9);
    expect([lone?.reason, ...(lone?.details ?? [])].join(' ')).not.toContain('digest');
  });

  it('without a common algorithm are never identical', () => {
    const one = log([agileEvent(['sha1'], 8, 0x0d, Buffer.from('x'))], ['sha1']);
    const two = log([agileEvent(['sha256'], 8, 0x0d, Buffer.from('x'))], ['sha256']);
    const difference = diffEventLogs(one, two);
    expect(difference.identical).toBe(false);
    expect(difference.notCompared.join(' ')).toContain('no hash algorithm in common');
  });

  it('with one more bank are not identical: that bank was not compared', () => {
    const banks = ['sha1', 'sha256'];
    const difference = diffEventLogs(
      log([agileEvent(BANK, 8, 0x0d, Buffer.from('x'))]),
      log([agileEvent(banks, 8, 0x0d, Buffer.from('x'))], banks),
    );
    expect([difference.changes.filter((change) => change.pcr === 8), difference.identical]).toEqual([[], false]);
  });
});

describe('what changed, in words', () => {
  const keys = (...bytes: readonly number[]): Buffer => digestList(bytes.map((byte) => Buffer.alloc(32, byte)));

  it('entries of dbx that came and went', () => {
    const grown = diff([config('dbx', keys(1, 2))], [config('dbx', keys(1, 2, 3))]);
    expect(grown.changes[0]?.details[0]).toBe('hash 030303030303…0303 of Microsoft added');
    expect(causesOf(grown)).toEqual([['likely-benign', 'dbx update']]);
    expect(causesOf(diff([config('dbx', keys(1, 2))], [config('dbx', keys(1))]))).toEqual([['not-benign', 'revocations were taken back']]);
  });

  it('keys and switches of Secure Boot are not benign', () => {
    expect(causesOf(diff([config('db', keys(1))], [config('db', keys(1, 9))]))).toEqual([['not-benign', 'Secure Boot keys were changed']]);
    expect(causesOf(diff([config('SecureBoot', Buffer.from([1]))], [config('SecureBoot', Buffer.from([0]))]))).toEqual([
      ['not-benign', 'Secure Boot was switched off'],
    ]);
  });

  it('parameters of the kernel command line', () => {
    const difference = diff([command('/vmlinuz-6.1 root=/dev/sda quiet')], [command('/vmlinuz-6.1 root=/dev/sda init=/bin/sh')]);
    expect(difference.changes[0]?.details.slice(0, 2)).toEqual(['parameter init=/bin/sh added', 'parameter quiet removed']);
    expect(difference.causes).toEqual([
      {
        cause: 'the kernel command line was changed',
        judgement: 'look',
        reasons: ['init=/bin/sh added: starts another program as init', 'quiet removed'],
      },
    ]);
  });

  it('the SBAT level, up and down', () => {
    const level = (grub: number): Buffer =>
      agileEvent(BANK, 7, 0x800000e0, uefiVariable('SbatLevel', Buffer.from(`sbat,1,2023012900\ngrub,${grub}\n`)));
    const up = diff([level(2)], [level(3)]);
    expect(up.changes[0]?.details[0]).toBe('grub from generation 2 to generation 3');
    expect(causesOf(up)).toEqual([['likely-benign', 'SBAT revocation update']]);
    expect(causesOf(diff([level(3)], [level(2)]))).toEqual([['not-benign', 'the SBAT revocation level was lowered']]);
  });

  it('the next kernel is a change and not a coming and going', () => {
    const { changes, causes } = diff([image('\\vmlinuz-6.1.0-13-amd64', 'a')], [image('\\vmlinuz-6.1.0-18-amd64', 'b')]);
    expect(changes).toMatchObject([
      { change: 'changed', details: [expect.stringContaining('path from \\vmlinuz-6.1.0-13-amd64 to'), expect.any(String)] },
    ]);
    expect(causes).toMatchObject([{ cause: 'kernel update', judgement: 'likely-benign' }]);
  });

  it('nothing is likely benign beside a change that is not', () => {
    const a = [config('SecureBoot', Buffer.from([1])), file('/vmlinuz-1.2', 'a')];
    const b = [config('SecureBoot', Buffer.from([0])), file('/vmlinuz-1.2', 'b')];
    expect(causesOf(diff(a, b))).toEqual([
      ['not-benign', 'Secure Boot was switched off'],
      ['look', 'kernel update'],
    ]);
  });

  it('says where else the new digest was seen', () => {
    const seenOn = (): { readonly hosts: number; readonly sinceMs: number } => ({ hosts: 37, sinceMs: Date.UTC(2026, 10, 3) });
    const { changes } = diff([image('\\shimx64.efi', 'a')], [image('\\shimx64.efi', 'b')], { seenOn });
    expect(changes[0]?.reason).toContain('the new digest was seen on 37 other hosts since 2026-11-03');
  });
});

type Edit = { readonly at: number; readonly kind: 'insert' | 'delete' | 'replace' };

describe('any log', () => {
  const EVENTS = 60;
  const path = (index: number): string => `/file/${String.fromCodePoint(97 + Math.floor(index / 26), 97 + (index % 26))}`;
  const whole = Array.from({ length: EVENTS }, (_, index) => file(path(index)));
  const edits = fc.uniqueArray(
    fc.record({ at: fc.integer({ min: 0, max: EVENTS - 1 }), kind: fc.constantFrom<Edit['kind']>('insert', 'delete', 'replace') }),
    { selector: (edit) => edit.at, maxLength: 25 },
  );
  const edited = (list: readonly Edit[]): readonly Buffer[] =>
    whole.flatMap((event, index) => {
      const edit = list.find((one) => one.at === index);
      if (edit === undefined) return [event];
      if (edit.kind === 'delete') return [];
      return edit.kind === 'replace' ? [file(path(index), 'other content')] : [file(`/new/${path(index)}`), event];
    });

  it('is identical to itself, and what was inserted, deleted and replaced is reported and nothing else', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const { changes, identical, pcrs } = diff(whole, edited(list));
        const found = (change: string): readonly string[] =>
          changes
            .filter((one) => one.change === change)
            .map((one) => one.subject)
            .sort();
        const made = (kind: Edit['kind'], prefix = ''): readonly string[] =>
          list
            .filter((edit) => edit.kind === kind)
            .map((edit) => prefix + path(edit.at))
            .sort();
        expect(identical).toBe(list.length === 0);
        // A deletion beside an insertion is the same as a replacement by something of another name.
        const swapped = changes.filter((one) => one.change === 'changed' && one.subject.startsWith('/new/')).length;
        expect(found('changed').length - swapped).toBe(made('replace').length);
        expect(found('added').length + swapped).toBe(made('insert').length);
        expect(found('removed').length + swapped).toBe(made('delete').length);
        expect(found('moved')).toEqual([]);
        expect(pcrs.find((pcr) => pcr.pcr === 9)?.same).toBe(EVENTS - made('replace').length - made('delete').length);
      }),
      { numRuns: 150 },
    );
  });

  it('differs from another as that one differs from it, added for removed', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const other = edited(list);
        const count = (difference: LogDifference): readonly number[] =>
          ['changed', 'added', 'removed', 'moved'].map((change) => difference.changes.filter((one) => one.change === change).length);
        const [changed, added, removed, moved] = count(diff(whole, other));
        expect(count(diff(other, whole))).toEqual([changed, removed, added, moved]);
      }),
      { numRuns: 100 },
    );
  });

  it('of a hundred thousand unrelated events is compared in bounded time', () => {
    const facts = log([file('/a')]);
    const template = facts.events[1] ?? missing();
    const many = (prefix: string): EventLogFacts => ({
      ...facts,
      events: Array.from({ length: 50_000 }, (_, index) => ({ ...template, index, digests: { sha256: `${prefix}${index}` } })),
    });
    const [a, b] = [many('a'), many('b')];
    expect(diffEventLogs(a, b).identical).toBe(false);
  });
});

const missing = (): never => {
  throw new Error('no event');
};
