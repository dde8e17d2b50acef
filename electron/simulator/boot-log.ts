import { createHash } from 'node:crypto';
import { EVENT, measure, type MeasuredEvent, type MeasuredLog } from './event-log.ts';
import {
  bootFilePath,
  firmwareBlob,
  GUIDS,
  gptData,
  handoffTable,
  imageLoad,
  loadOption,
  optionRomPath,
  signatureData,
  signatureDatabase,
  variableData,
  type Disk,
} from './efi.ts';
import { SBAT_LEVEL, SMBIOS_TABLE, type SecureBootKeys } from './firmware-certificates.ts';
import type { HostClass } from './host-classes.ts';
import type { Seeded } from './seeded.ts';
import { utf16, zeroEnded } from './wire.ts';

/** What a machine of one class is supposed to run, and what deviates from it on one machine. */
export type BootDeviation = 'none' | 'firmware' | 'secure-boot-off' | 'boot-loader' | 'kernel';

export type BootContents = {
  readonly firmware: readonly Buffer[];
  readonly crtmVersion: Buffer;
  readonly shim: Buffer;
  readonly bootLoader: Buffer;
  readonly kernel: Buffer;
  readonly initrd: Buffer;
  readonly mokList: Buffer;
  readonly mokListX: Buffer;
  readonly kernelCommandLine: string;
};

/** Stand-ins for the measured files: what counts is that their digests are stable. */
export const bootContents = (seeded: Seeded, hostClass: HostClass, deviation: BootDeviation = 'none'): BootContents => {
  const file = (name: string, changed = false): Buffer => seeded.bytes(`image ${hostClass.id} ${name}${changed ? ' changed' : ''}`, 64);
  return {
    firmware: hostClass.firmwareBlobs.map((name, at) => file(`firmware ${name}`, deviation === 'firmware' && at === 0)),
    crtmVersion: utf16(`${hostClass.firmwareVersion}\0`),
    shim: file('shim'),
    bootLoader: file('grub', deviation === 'boot-loader'),
    kernel: file('kernel', deviation === 'kernel'),
    initrd: file('initrd'),
    mokList: file('MokList'),
    mokListX: file('MokListX'),
    kernelCommandLine: `(hd0,gpt2)/${hostClass.kernelFile} ${hostClass.rootArguments}`,
  };
};

const separator = (pcr: number): MeasuredEvent => ({ pcr, type: EVENT.separator, data: Buffer.alloc(4) });
const action = (pcr: number, text: string): MeasuredEvent => ({ pcr, type: EVENT.action, data: Buffer.from(text, 'ascii') });
const ipl = (pcr: number, text: string, measured: Uint8Array): MeasuredEvent => ({ pcr, type: EVENT.ipl, data: zeroEnded(text), measured });
/** The boot loader hashes the text after its prefix, without the terminating zero. */
const grubText = (prefix: 'grub_cmd' | 'kernel_cmdline', text: string): MeasuredEvent =>
  ipl(8, `${prefix}: ${text}`, Buffer.from(text, 'utf8'));

/** A measured variable: the digest covers name and data. */
const variable =
  (pcr: number, type: number) =>
  (vendor: string, name: string, data: Uint8Array): MeasuredEvent => ({ pcr, type, data: variableData(vendor, name, data) });
const config = variable(7, EVENT.variableDriverConfig);
const authority = variable(7, EVENT.variableAuthority);
const bootVariable = variable(1, EVENT.variableBoot2);
const application = (address: bigint, size: number, path: Uint8Array, measured: Uint8Array): MeasuredEvent => ({
  pcr: 4,
  type: EVENT.bootServicesApplication,
  data: imageLoad(address, size, path),
  measured,
});

const secureBootEvents = (keys: SecureBootKeys, enabled: boolean): readonly MeasuredEvent[] => {
  return [
    config(GUIDS.global, 'SecureBoot', Buffer.from([enabled ? 1 : 0])),
    config(GUIDS.global, 'PK', signatureDatabase(keys.pk, [])),
    config(GUIDS.global, 'KEK', signatureDatabase(keys.kek, [])),
    config(GUIDS.imageSecurity, 'db', signatureDatabase(keys.db, [])),
    config(GUIDS.imageSecurity, 'dbx', signatureDatabase([], keys.dbx)),
    separator(7),
  ];
};

const grubCommands = (hostClass: HostClass): readonly string[] => {
  const root = `(hd0,gpt2)${hostClass.grubDirectory}`;
  return [
    `search --no-floppy --fs-uuid --set=dev 4dbc98d4-cc1a-4f57-af34-3f374f4954bf`,
    `set prefix=${root}`,
    `export ${root}`,
    `configfile ${root}/grub.cfg`,
    'set pager=1',
    `[ -f ${root}/grubenv ]`,
    `load_env -f ${root}/grubenv`,
    '[  ]',
    `set default=${hostClass.kernelRelease}`,
    'menuentry_id_option=--id',
    'export menuentry_id_option',
    'serial --speed=115200',
    'terminal_input serial console',
    'terminal_output serial console',
    'set timeout_style=menu',
    'set timeout=3',
    'insmod part_gpt',
    'insmod ext2',
    `menuentry ${hostClass.bootLabel} --class os { load_video; linux; initrd }`,
    'load_video',
    'insmod gzio',
    `linux (hd0,gpt2)/${hostClass.kernelFile} ${hostClass.rootArguments}`,
  ];
};

const firmwareEvents = (
  hostClass: HostClass,
  contents: BootContents,
  disk: Disk,
  secureBoot: readonly MeasuredEvent[],
): readonly MeasuredEvent[] => {
  const short = hostClass.architecture === 'x64' ? 'shimx64.efi' : 'shimaa64.efi';
  const shimPath = bootFilePath(disk, `${hostClass.bootDirectory}\\${short}`);
  return [
    { pcr: 0, type: EVENT.crtmVersion, data: contents.crtmVersion },
    ...contents.firmware.map((measured, at) => ({
      pcr: 0,
      type: EVENT.firmwareBlob2,
      data: firmwareBlob(hostClass.firmwareBlobs[at] ?? 'Firmware', 0xff00_0000n + BigInt(at) * 0x40_0000n, 0x40_0000n),
      measured,
    })),
    ...secureBoot,
    {
      pcr: 1,
      type: EVENT.handoffTables2,
      data: handoffTable('SMBIOS', SMBIOS_TABLE, 0x7d3e_a000n),
      measured: Buffer.from(`smbios ${hostClass.id}`),
    },
    {
      pcr: 2,
      type: EVENT.bootServicesDriver,
      data: imageLoad(0x7d8c_9018n, 218_080, optionRomPath()),
      measured: Buffer.from(`option rom ${hostClass.id}`),
    },
    bootVariable(GUIDS.global, 'BootOrder', Buffer.from([0x03, 0x00, 0x01, 0x00])),
    bootVariable(GUIDS.global, 'Boot0003', loadOption(hostClass.bootLabel, shimPath)),
    bootVariable(GUIDS.global, 'Boot0001', loadOption('Network card 1', optionRomPath())),
    action(4, 'Calling EFI Application from Boot Option'),
    ...[0, 1, 2, 3, 4, 5, 6].map(separator),
  ];
};

const loaderEvents = (
  hostClass: HostClass,
  contents: BootContents,
  disk: Disk,
  keys: SecureBootKeys,
  secureBoot: boolean,
): readonly MeasuredEvent[] => {
  const suffix = hostClass.architecture === 'x64' ? 'x64' : 'aa64';
  const root = `(hd0,gpt2)${hostClass.grubDirectory}`;
  const commands = grubCommands(hostClass);
  return [
    ...(secureBoot ? [authority(GUIDS.imageSecurity, 'db', signatureData(keys.bootAuthority))] : []),
    {
      pcr: 5,
      type: EVENT.gpt,
      data: gptData(disk, [
        { type: GUIDS.efiSystemPartition, id: disk.bootPartition, name: 'EFI System Partition' },
        { type: GUIDS.linuxData, id: '5a4a7c31-2b8e-4f6e-9d1a-73a8b2c4d5e6', name: 'boot' },
        { type: GUIDS.linuxData, id: 'c0ffee11-6d5e-4a2b-8c1f-0a9b8c7d6e5f', name: 'root' },
      ]),
    },
    application(0x7d22_5018n, 959_848, bootFilePath(disk, `${hostClass.bootDirectory}\\shim${suffix}.efi`), contents.shim),
    ipl(14, 'MokList', contents.mokList),
    ipl(14, 'MokListX', contents.mokListX),
    authority(GUIDS.shim, 'SbatLevel', SBAT_LEVEL),
    ipl(14, 'MokListTrusted', Buffer.from([1])),
    application(0x7cea_4018n, 2_541_176, bootFilePath(null, `${hostClass.bootDirectory}\\grub${suffix}.efi`), contents.bootLoader),
    ipl(9, `(hd0,gpt1)${hostClass.bootDirectory.replaceAll('\\', '/')}/grub.cfg`, Buffer.from(`stub grub.cfg ${hostClass.id}`)),
    ...commands.slice(0, 4).map((text) => grubText('grub_cmd', text)),
    ipl(9, `${root}/grub.cfg`, Buffer.from(`grub.cfg ${hostClass.id}`)),
    ...commands.slice(4, 7).map((text) => grubText('grub_cmd', text)),
    ipl(9, `${root}/grubenv`, Buffer.from(`grubenv ${hostClass.id}`)),
    ...commands.slice(7).map((text) => grubText('grub_cmd', text)),
    ipl(9, `(hd0,gpt2)/${hostClass.kernelFile}`, contents.kernel),
    application(0x6f40_0000n, 14_823_424, bootFilePath(null, `\\${hostClass.kernelFile}`), contents.kernel),
    grubText('kernel_cmdline', contents.kernelCommandLine),
    grubText('grub_cmd', `initrd (hd0,gpt2)/${hostClass.initrdFile}`),
    ipl(9, `(hd0,gpt2)/${hostClass.initrdFile}`, contents.initrd),
    action(5, 'Exit Boot Services Invocation'),
    action(5, 'Exit Boot Services Returned with Success'),
  ];
};

export type Boot = MeasuredLog & {
  /** What IMA records first: SHA-256 over PCR 0–9 at the moment the kernel starts. */
  readonly bootAggregate: string;
};

/** One boot of a machine of this class. All machines of a class boot from the same image, so their logs are equal byte for byte. */
export const boot = (seeded: Seeded, hostClass: HostClass, keys: SecureBootKeys, deviation: BootDeviation): Boot => {
  const contents = bootContents(seeded, hostClass, deviation);
  const disk = { diskId: seeded.uuid(`disk ${hostClass.id}`), bootPartition: seeded.uuid(`boot partition ${hostClass.id}`) };
  const secureBoot = deviation !== 'secure-boot-off';
  const log = measure(
    [
      ...firmwareEvents(hostClass, contents, disk, secureBootEvents(keys, secureBoot)),
      ...loaderEvents(hostClass, contents, disk, keys, secureBoot),
    ],
    hostClass.startupLocality,
  );
  const bootAggregate = createHash('sha256')
    .update(Buffer.concat(log.pcrs.slice(0, 10)))
    .digest('hex');
  return { ...log, bootAggregate };
};
