import type { BootEvent } from '../types.ts';
import type { LogKind } from './meaning/types.ts';

/** Measurement register of a CCEL log by its index (TDX: UEFI 2.10, 38.4.1 table "TD event log"). */
export const REGISTER_NAMES: readonly string[] = [
  'MRTD (build of the guest)',
  'RTMR[0] (firmware, its configuration, Secure Boot)',
  'RTMR[1] (boot loader, partition table, kernel)',
  'RTMR[2] (command line, RAM disk, owner keys)',
  'RTMR[3] (free for the guest)',
];

const GUEST_FIRST_REGISTER = 1;

/**
 * Told from content, because the encoding is the same: a CCEL log's header names register 1, or Secure Boot is configured in register 1,
 * and no index above 4 occurs. A wrong guess changes words only; no check rests on it.
 */
export const logKindOf = (events: readonly BootEvent[]): LogKind => {
  const first = events[0];
  const registers = events.every((event) => event.pcr <= 4 || event.claimedType === 'EV_NO_ACTION');
  if (registers && first?.pcr === GUEST_FIRST_REGISTER && first.meaning.kind === 'log-header')
    return { kind: 'ccel', reason: 'The header names measurement register 1 and no register above 4 occurs.' };
  if (registers && events.some((event) => event.pcr === GUEST_FIRST_REGISTER && event.variable?.name === 'SecureBoot'))
    return { kind: 'ccel', reason: 'Secure Boot is configured in measurement register 1 and no register above 4 occurs.' };
  const windows = events.find((event) => event.meaning.kind === 'windows');
  if (windows !== undefined) return { kind: 'wbcl', reason: `Event ${windows.index} is a record of Windows' boot manager.` };
  return { kind: 'tpm', reason: 'PCRs as the PC Client specification uses them, and no records of Windows.' };
};
