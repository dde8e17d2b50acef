import type { FindingKind, FindingState, FindingSort, Severity } from '../../../shared/contract/finding-schemas.ts';

export const KIND_WORD: Readonly<Record<FindingKind, string>> = {
  'host-failed': 'Host failed',
  disagreement: 'Disagreement',
  'host-stale': 'Host stale',
  'host-inconclusive': 'Host inconclusive',
  'endpoint-silent': 'Endpoint silent',
  reboot: 'Reboot',
  recovered: 'Recovered',
  'reported-without-policy': 'Trusted without policy',
  'endpoint-frozen': 'Endpoint frozen',
  'location-contradiction': 'Place in doubt',
  'impossible-move': 'Impossible move',
  'tag-copied': 'Geo tag copied',
};
export const SEVERITY_WORD: Readonly<Record<Severity, string>> = { critical: 'Critical', warning: 'Warning', info: 'Note' };
export const STATE_WORD: Readonly<Record<FindingState, string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  waived: 'Waived',
  resolved: 'Resolved',
};
export const SORT_WORD: Readonly<Record<FindingSort, string>> = { newest: 'newest first', oldest: 'oldest first', severity: 'worst first' };

/** What a person can do about it. Saying something of a finding is no such step: it changes no verdict. */
export const NEXT_STEP: Readonly<Record<FindingKind, string>> = {
  'host-failed': 'Look at what broke. If the change is meant, propose it as a reference value; if not, take the host out of use.',
  disagreement: 'Compare both opinions on the page of the host, and do not rely on the endpoint for it until they agree.',
  'host-stale': 'Check that the agent on the host runs and that the endpoint still asks it.',
  'host-inconclusive': 'Look at which link cannot be judged: mostly a reference value is missing.',
  'endpoint-silent': 'Check the endpoint, its certificate and the network between.',
  reboot: 'Nothing, where the reboot was planned.',
  recovered: 'Nothing. Ask why it had failed, if nobody knows.',
  'reported-without-policy': 'Give the endpoint a policy for this host, or a reference value here.',
  'endpoint-frozen': 'Restart the verifier; what it says of this host is old.',
  'location-contradiction': 'Find out where the host stands, and correct what is wrong: the tag, the declaration or the host.',
  'impossible-move': 'Find out where the host stands. Its key or its tag may be in use at two places.',
  'tag-copied': 'Find out which of both hosts the tag was issued for, and have the other one taken away.',
};

const STEP_WORD: Readonly<Record<string, string>> = {
  'finding.opened': 'Found',
  'finding.acknowledged': 'Acknowledged',
  'finding.unacknowledged': 'Acknowledgement taken back',
  'finding.assigned': 'Assigned',
  'finding.waived': 'Waived',
  'finding.unwaived': 'Waiver ended',
  'finding.waiver-ended': 'Waiver ran out',
  'finding.reopened': 'Open again',
  'finding.resolved': 'Resolved',
  'finding.noted': 'Note',
};
export const stepWord = (kind: string): string => STEP_WORD[kind] ?? kind;
