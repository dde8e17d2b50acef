import type { CheckCode } from '../../../shared/model/check.ts';
import type { Link } from '../../../shared/model/verdict.ts';

export const NEXT_STEP: Readonly<Record<Link, string>> = {
  hardware: 'Treat the host as not trusted. Check that the machine and its TPM are the enrolled ones, then enrol it again if they are.',
  firmware: 'Ask whether a firmware update was planned. If it was, approve the new values; if not, isolate the host.',
  'secure-boot': 'Ask who changed the secure boot settings. Switch secure boot on again and reboot, or isolate the host.',
  'boot-loader': 'Ask whether a boot loader update was planned. If it was, approve the new value; if not, isolate the host.',
  kernel: 'Ask whether a kernel update was planned. If it was, approve the new value; if not, isolate the host.',
  runtime: 'Find out where the program came from. If it belongs there, add it to the runtime policy; if not, isolate the host.',
  'container-engine': 'Ask whether the container engine was updated. If it was, add it to the runtime policy; if not, isolate the host.',
  orchestrator: 'Ask whether the orchestrator was updated. If it was, add it to the runtime policy; if not, isolate the host.',
  workloads: 'Move the workload to an allowed place, or change the rule if the place should be allowed.',
};

export const NO_QUOTE = 'Not judged: the quote does not hold, so nothing that was measured can be believed.';

/** The link that a check speaks of. */
export const LINK_OF_CHECK: Readonly<Record<CheckCode, Link>> = {
  signature: 'hardware',
  'signature-format': 'hardware',
  'signature-hash': 'hardware',
  magic: 'hardware',
  'attest-type': 'hardware',
  'attest-trailing': 'hardware',
  nonce: 'hardware',
  'pcr-selection': 'hardware',
  'pcr-digest': 'hardware',
  'ak-attributes': 'hardware',
  'ak-mismatch': 'hardware',
  'ak-binding': 'hardware',
  'qualified-signer': 'hardware',
  'ek-mismatch': 'hardware',
  'ek-certificate': 'hardware',
  'ek-chain': 'hardware',
  'ek-revocation': 'hardware',
  'clock-rollback': 'hardware',
  'reboot-detected': 'hardware',
  'log-missing': 'firmware',
  'log-parse': 'firmware',
  'log-replay': 'firmware',
  'log-banks': 'firmware',
  'event-type': 'secure-boot',
  'event-data-digest': 'firmware',
  'secure-boot-state': 'secure-boot',
  'ima-template-hash': 'runtime',
  'ima-replay': 'runtime',
  'ima-partial': 'runtime',
  'ima-missing': 'runtime',
  'ima-parse': 'runtime',
  'ima-violation': 'runtime',
  'ima-signature': 'runtime',
  'boot-aggregate': 'runtime',
  'geo-type': 'workloads',
  'geo-signer': 'workloads',
  'geo-nonce': 'workloads',
  'geo-index': 'workloads',
};
