import { BANKS } from '../hashing.ts';
import { type Report, fixedCheck } from '../report.ts';
import type { EventLogFacts, EvidenceInput, PcrValues } from '../types.ts';
import { FIRMWARE_PCRS } from './types.ts';

const BANKS_COVERED = fixedCheck('log-banks', 'pass', 'Every quoted bank is one that the firmware measured into, by the event log.');
const NO_QUOTED_BANK = fixedCheck('log-banks', 'not-evaluated', 'No valid quote covers any bank.');

/**
 * `log-banks`: a bank that the TPM keeps and the firmware never extended belongs to whoever runs later (the class of CVE-2021-42299).
 * Fails where the requirement rests on such a bank. Does not see banks that are active and not quoted.
 */
export const checkBanks = (input: EvidenceInput, log: EventLogFacts, quotedPcrs: PcrValues, report: Report): void => {
  const quoted = BANKS.filter((bank) => quotedPcrs[bank] !== undefined);
  if (quoted.length === 0) return report.put(NO_QUOTED_BANK);
  const unknown = quoted.filter((bank) => log.algorithms.includes(bank) && log.pcrs[bank] === undefined);
  const empty = quoted.filter((bank) => !log.algorithms.includes(bank));
  const required = empty.filter((bank) => input.requiredSelection[bank]?.some((pcr) => FIRMWARE_PCRS.includes(pcr)));
  if (required.length > 0)
    report.add(
      'log-banks',
      'fail',
      `The firmware measured nothing into bank ${required.join(', ')}, by its log, so anyone who ran later could choose its values.`,
    );
  else if (empty.length > 0)
    report.add(
      'log-banks',
      'notice',
      `The firmware measured nothing into quoted bank ${empty.join(', ')}, by its log; its values prove nothing about the boot.`,
    );
  else if (unknown.length > 0)
    report.add('log-banks', 'not-evaluated', `The ${unknown.join(', ')} digests of the log cannot be replayed here.`);
  else report.put(BANKS_COVERED);
};
