import type { PcrRow } from '../../shared/contract/schemas.ts';
import type { Bank, EvidenceResult, PcrValues } from '../evidence/types.ts';

/** What each PCR carries (TCG PC Client PFP §2.3.4; 8 to 15 by convention of GRUB, shim, systemd and Linux IMA). */
const MEANING: readonly string[] = [
  'Firmware code',
  'Firmware configuration',
  'Option ROM code',
  'Option ROM configuration',
  'Boot loader and boot applications',
  'Boot variables and partition table',
  'Host platform events',
  'Secure boot state and keys',
  'Boot loader commands and kernel command line',
  'Files read by the boot loader',
  'Programs and files measured by the kernel (IMA)',
  'Unified kernel image',
  'Kernel command line overrides',
  'System extensions',
  'Machine owner keys (shim)',
  'System identity and file systems',
];

const BANKS: readonly Bank[] = ['sha256', 'sha384', 'sha512', 'sha1'];

/** PCR values with what is proven and what is only claimed. `claimed` are the values the host sent. */
export const pcrRows = (claimed: PcrValues, evidence: EvidenceResult): PcrRow[] =>
  BANKS.flatMap((bank) => {
    const values = claimed[bank] ?? {};
    return Object.keys(values)
      .map(Number)
      .sort((a, b) => a - b)
      .map((index): PcrRow => {
        const value = values[index] ?? '';
        const quotedValue = evidence.quotedPcrs[bank]?.[index];
        const ima = index === 10 && evidence.ima !== null;
        // A prefix of the IMA list that reproduces the quoted value is what replay means for PCR 10.
        const imaReplay = ima && evidence.ima?.provenCount !== null ? (quotedValue ?? null) : (evidence.ima?.pcr10[bank] ?? null);
        return {
          bank,
          index,
          value: quotedValue ?? value,
          quoted: quotedValue !== undefined,
          replayed: ima ? imaReplay : (evidence.eventLog?.pcrs[bank]?.[index] ?? null),
          meaning: MEANING[index] ?? 'Debug or application use',
        };
      });
  });
