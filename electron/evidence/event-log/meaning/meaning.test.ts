import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { parseEventLog } from '../../index.ts';
import { BANK, agileEvent, digestList, le16, le32, le64, specId, uefiVariable } from '../../testing/host.ts';
import type { BootEvent } from '../../types.ts';
import { reporterOf, decodeData } from '../decode.ts';
import { MAX_FACTS } from './draft.ts';
import { MEANING_KINDS } from './types.ts';

const read = (pcr: number, type: number, data: Uint8Array, measured: Uint8Array = data): BootEvent => {
  const parsed = parseEventLog(Buffer.concat([specId(BANK), agileEvent(BANK, pcr, type, data, measured)]));
  const event = parsed.ok ? parsed.value.events[1] : undefined;
  if (event === undefined) throw new Error('no event');
  return event;
};
const facts = (event: BootEvent): Readonly<Record<string, string>> =>
  Object.fromEntries(event.meaning.facts.map((fact) => [fact.label, fact.value]));
const basis = (event: BootEvent, label: string): string | undefined => event.meaning.facts.find((fact) => fact.label === label)?.basis;
const ucs2 = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le');
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

const CONFIG = 0x80000001;
const BOOT = 0x80000002;
const AUTHORITY = 0x800000e0;
const IPL = 0x0d;
const TAG = 0x06;
const NO_ACTION = 0x03;

const filePath = (path: string): Buffer => {
  const body = ucs2(path);
  return Buffer.concat([Buffer.from([4, 4]), le16(body.length + 4), body, Buffer.from([0x7f, 0xff, 4, 0])]);
};
const image = (path: string): Buffer => {
  const node = filePath(path);
  return Buffer.concat([Buffer.alloc(24), le64(BigInt(node.length)), node]);
};
const tagged = (tag: number, body: Uint8Array): Buffer => Buffer.concat([le32(tag), le32(body.length), body]);

describe('what is verified and what is claimed', () => {
  it('a variable whose digest covers all of it is verified, name and value', () => {
    const event = read(7, CONFIG, uefiVariable('SecureBoot', Buffer.from([1])));
    expect(event.meaning).toMatchObject({ kind: 'secure-boot-switch', subject: 'variable SecureBoot' });
    expect([basis(event, 'variable'), basis(event, 'value')]).toEqual(['verified', 'verified']);
  });

  it('where only the value is covered, the name stays a claim', () => {
    const event = read(1, BOOT, uefiVariable('BootOrder', Buffer.from([1, 0, 0, 0])), Buffer.from([1, 0, 0, 0]));
    expect(facts(event)).toMatchObject({ order: '0001, 0000' });
    expect([basis(event, 'variable'), basis(event, 'order')]).toEqual(['claimed', 'verified']);
  });

  it('the path of an image is a claim, because the digest is of the image', () => {
    const event = read(4, 0x80000003, image('\\EFI\\ubuntu\\shimx64.efi'), Buffer.from('the image'));
    expect(facts(event)).toMatchObject({ path: '\\EFI\\ubuntu\\shimx64.efi', 'looks like': 'shim' });
    expect(new Set(event.meaning.facts.map((fact) => fact.basis))).toEqual(new Set(['claimed']));
  });

  it('nothing of an event that is never extended is verified', () => {
    const event = read(0, NO_ACTION, Buffer.concat([Buffer.from('StartupLocality\0'), Buffer.from([3])]));
    expect(event.meaning.kind).toBe('startup-locality');
    expect(basis(event, 'locality')).toBe('claimed');
  });
});

describe('boot programs', () => {
  it.each([
    ['\\EFI\\BOOT\\BOOTX64.EFI', 'default boot program of the medium'],
    ['\\EFI\\fedora\\grubx64.efi', 'GRUB'],
    ['\\EFI\\systemd\\systemd-bootx64.efi', 'systemd-boot'],
    ['\\EFI\\Linux\\fedora-6.1.efi', 'unified kernel image'],
    ['\\EFI\\Microsoft\\Boot\\bootmgfw.efi', 'Windows boot manager'],
    ['\\vmlinuz-6.1.0-13-amd64', 'Linux kernel'],
  ])('%s looks like %s', (path, program) => {
    expect(facts(read(4, 0x80000003, image(path), Buffer.from('image')))['looks like']).toBe(program);
  });

  it('the next kernel is the same thing as the one before', () => {
    const subject = (path: string): string => read(4, 0x80000003, image(path), Buffer.from('image')).meaning.subject;
    expect(subject('\\vmlinuz-6.1.0-18-amd64')).toBe(subject('\\vmlinuz-6.1.0-13-amd64'));
  });
});

describe('texts of boot loaders', () => {
  it('the kernel command line is parsed, and what matters is pointed out', () => {
    const line = '/vmlinuz-6.1 root=UUID=1 quiet ima_policy=tcb mitigations=off dyndbg="file a b" init=/bin/sh';
    const event = read(8, IPL, text(`kernel_cmdline: ${line}`), Buffer.from(line));
    expect(event.meaning.kind).toBe('kernel-command-line');
    expect(event.meaning.parameters).toEqual([
      'root=UUID=1',
      'quiet',
      'ima_policy=tcb',
      'mitigations=off',
      'dyndbg="file a b"',
      'init=/bin/sh',
    ]);
    const attention = event.meaning.facts.filter((fact) => fact.label === 'attention');
    expect(attention.map((fact) => fact.value)).toEqual([
      'ima_policy=tcb: chooses what IMA measures and appraises',
      'mitigations=off: CPU vulnerability mitigations are off',
      'init=/bin/sh: starts another program as init',
    ]);
    expect(basis(event, 'command line')).toBe('verified');
  });

  it('keeps a kernel command line whole beside the fact of it, or not at all', () => {
    const long = `root=UUID=1 ${'quiet '.repeat(600)}mitigations=off`;
    expect(read(8, IPL, text(`kernel_cmdline: /vmlinuz ${long}`)).meaning.commandLine).toBe(long);
    expect(read(12, IPL, ucs2(`root=1 ${'x'.repeat(4_096)}`)).meaning).toMatchObject({ kind: 'kernel-command-line', commandLine: null });
  });

  it.each<readonly [string, number, Buffer, string]>([
    ['a GRUB command', 8, text('grub_cmd: insmod ext2'), 'boot-command'],
    ['a file that GRUB read', 9, text('(hd0,gpt2)/boot/grub.cfg'), 'file-read'],
    ['the RAM disk', 9, text('/boot/initrd.img-6.1.0-13-amd64'), 'initial-ram-disk'],
    ['a section of a unified kernel', 11, text('.linux'), 'kernel-image-section'],
    ['machine owner keys', 14, text('MokListX'), 'owner-keys'],
    ['a UCS-2 command line', 12, ucs2('root=/dev/sda1 ro quiet'), 'kernel-command-line'],
  ])('%s', (_, pcr, data, kind) => {
    expect(read(pcr, IPL, data).meaning.kind).toBe(kind);
  });

  it("Linux' and systemd's tags", () => {
    expect(read(9, TAG, tagged(0x8f3b22ec, text('Linux initrd'))).meaning.kind).toBe('initial-ram-disk');
    expect(read(9, TAG, tagged(0x8f3b22ed, ucs2('root=/dev/sda1 lockdown=none'))).meaning.parameters).toEqual([
      'root=/dev/sda1',
      'lockdown=none',
    ]);
    expect(read(5, TAG, tagged(0xf5bc582a, text('loader.conf'))).meaning).toMatchObject({
      kind: 'boot-configuration',
      subject: 'boot loader configuration',
    });
  });
});

describe('variables of Secure Boot and shim', () => {
  it('a key database says what it holds', () => {
    const event = read(7, CONFIG, uefiVariable('dbx', digestList([Buffer.alloc(32, 1), Buffer.alloc(32, 2)])));
    expect(event.meaning.kind).toBe('key-database');
    expect(facts(event)['hashes']).toBe('2');
    expect(event.variable?.signatures?.[0]?.ownerName).toBe('Microsoft');
  });

  it('SbatLevel is read line by line', () => {
    const event = read(7, AUTHORITY, uefiVariable('SbatLevel', Buffer.from('sbat,1,2023012900\nshim,2\ngrub,3\n')));
    expect(event.meaning).toMatchObject({ kind: 'revocation-level', revocations: { sbat: '1', shim: '2', grub: '3' } });
    expect(facts(event)['level of']).toBe('2023-01-29');
  });

  it('a variable under another label is told', () => {
    expect(read(7, 0x05, uefiVariable('SecureBoot', Buffer.from([0]))).meaning.hiddenVariable).toBe('SecureBoot');
    expect(read(7, 0x05, Buffer.from('Calling EFI Application from Boot Option')).meaning.hiddenVariable).toBeUndefined();
  });
});

describe('Windows records', () => {
  const item = (tag: number, body: Uint8Array): Buffer => tagged(tag, body);

  it('are opened, containers inside containers', () => {
    const module = item(
      0x40010003,
      Buffer.concat([item(0x00070001, ucs2('\\Windows\\ntoskrnl.exe')), item(0x00070004, Buffer.alloc(32, 7))]),
    );
    const event = read(13, TAG, item(0x40010001, Buffer.concat([item(0x00050003, Buffer.from([1])), module])));
    expect(event.meaning.kind).toBe('windows');
    expect(facts(event)).toMatchObject({
      TestSigning: '1',
      attention: 'test-signed drivers load',
      'module 1 FilePath': '\\Windows\\ntoskrnl.exe',
    });
  });

  it('that nest without end are not followed', () => {
    let body = item(0x00050003, Buffer.from([1]));
    for (let i = 0; i < 50; i += 1) body = item(0x40010001, body);
    expect(facts(read(13, TAG, body))['unreadable']).toContain('containers inside one another');
  });
});

// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u;
const strings = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => [key, ...strings(inner)])
      : [];

const TYPES = [
  ...Array.from({ length: 0x14 }, (_, type) => type),
  ...Array.from({ length: 0x11 }, (_, type) => 0x80000000 + type),
  0x800000e0,
  0x800000e1,
  0x800000e2,
  0x800000e3,
  0x800000e4,
  0x12345678,
];
/** Beginnings behind which each decoder reads on. */
const HEADS: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('SP800-155 Event3'),
  Buffer.from('kernel_cmdline: '),
  Buffer.from('sbat,1,'),
  Buffer.from('\x01\x00\x01\x40', 'latin1'),
  Buffer.from('EFI PART'),
  uefiVariable('db', Buffer.alloc(0)).subarray(0, 30),
  Buffer.from('\u202e\u0007<script>'),
];

describe('hostile data', () => {
  it('no bytes make a decoder throw, and nothing it says can steer a terminal', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom(...HEADS),
        fc.uint8Array({ maxLength: 400 }),
        (type, pcr, head, tail) => {
          const data = Buffer.concat([head, tail]);
          const record = { offset: 0, pcr, type, digests: [], dataStart: 0, dataLength: data.length };
          const decoded = decodeData(record, data, reporterOf([], 0));
          expect(MEANING_KINDS).toContain(decoded.meaning.kind);
          for (const one of strings(decoded)) expect(one).not.toMatch(UNSAFE);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each<readonly [string, number, Buffer]>([
    ['digits', IPL, Buffer.from(`(hd0)/${'1'.repeat(4_000_000)}`)],
    ['blanks', IPL, Buffer.from(`kernel_cmdline: ${' '.repeat(4_000_000)}`)],
    ['parameters', IPL, Buffer.from(`kernel_cmdline: ${'a '.repeat(2_000_000)}`)],
    ['Windows items', TAG, Buffer.concat([le32(0x40010001), le32(4_000_000), Buffer.alloc(4_000_000)])],
    ['file path nodes', 0x80000003, image('\\1'.repeat(15_000))],
  ])('a long run of %s is read in bounded time', (_, type, data) => {
    const record = { offset: 0, pcr: 8, type, digests: [], dataStart: 0, dataLength: data.length };
    const { meaning } = decodeData(record, data, reporterOf([], 0));
    expect(meaning.facts.length).toBeLessThanOrEqual(MAX_FACTS + 1);
  });
});
