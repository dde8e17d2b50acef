/** For tests only: a boot as steps, so that a log of it can be spoiled while the PCRs stay those of the boot, or follow it. */
import type { EvidenceInput } from '../types.ts';
import { BANK, agileEvent, digestList, u8, uefiVariable } from './host.ts';
import { SPEC_ID, type Step, replay, withLog } from './variations.ts';

export const EV_NO_ACTION = 3;
export const EV_SEPARATOR = 4;
export const EV_EFI_ACTION = 0x80000007;
export const DRIVER_CONFIG = 0x80000001;
export const ZERO4 = Buffer.alloc(4);
export const text = (value: string): Buffer => Buffer.from(value);

export const VARIABLES: readonly Step[] = [
  [7, DRIVER_CONFIG, uefiVariable('SecureBoot', u8(1))],
  [7, DRIVER_CONFIG, uefiVariable('PK', Buffer.alloc(0))],
  [7, DRIVER_CONFIG, uefiVariable('db', digestList([Buffer.alloc(32, 0xd1)]))],
];
const SEPARATORS: readonly Step[] = [0, 1, 2, 3, 4, 5, 6, 7].map((pcr): Step => [pcr, EV_SEPARATOR, ZERO4]);
export const VERSION: Step = [0, 8, text('v\0e\0r\0')];
export const SHIM: Step = [4, 0x80000003, Buffer.alloc(32), text('shim')];
const GRUB: readonly Step[] = [
  [8, 0x0d, text('grub_cmd: linux /vmlinuz\0'), text('linux /vmlinuz')],
  [9, 0x0d, text('/vmlinuz\0'), text('kernel')],
];
export const BOOT: readonly Step[] = [VERSION, ...VARIABLES, ...SEPARATORS, SHIM, ...GRUB];

export const event = ([pcr, type, data, measured = data]: Step): Buffer => agileEvent(BANK, pcr, type, data, measured);
export const logOf = (steps: readonly Step[], head: Buffer = SPEC_ID): Buffer => Buffer.concat([head, ...steps.map(event)]);
/** A host that booted these steps and shows this log of them. */
export const boot = (steps: readonly Step[], log: Buffer = logOf(steps), startup = 0): EvidenceInput =>
  withLog(log, replay('sha256', steps, startup));
/** A host that booted as it should and shows another log. */
export const showing = (log: Buffer): EvidenceInput => boot(BOOT, log);
export const locality = (value: Uint8Array, pcr = 0): Step => [pcr, EV_NO_ACTION, Buffer.concat([text('StartupLocality\0'), value])];
