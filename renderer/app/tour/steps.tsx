import { differenceHref, endpointsHref, hostHref, hostsHref, mapHref, overviewHref, recordHref } from '../navigation.ts';

/** One place of the tour: an address, and what is marked there (`data-tour`) while one sentence says what it is for. */
export type Step = {
  readonly mark: string;
  readonly href: string;
  readonly title: React.ReactNode;
  readonly says: React.ReactNode;
};

/**
 * From the question of the fleet to one's own endpoints. `failed`: a host that failed by an event of its boot; without one its two steps are left
 * out.
 */
export const stepsOf = (failed: string | null): readonly Step[] => [
  {
    mark: 'answer',
    href: overviewHref,
    title: <>The fleet in a sentence</>,
    says: <>This answers for every host at once, and each number and name in it opens what stands behind it.</>,
  },
  ...(failed === null
    ? []
    : [
        {
          mark: 'broke',
          href: hostHref(failed),
          title: <>One host, and what broke its trust</>,
          says: <>Of everything this host measured, this is the one event that is not as expected, in words and then in digests.</>,
        },
        {
          mark: 'difference',
          href: differenceHref(failed),
          title: <>Side by side</>,
          says: <>What the host measured stands beside its reference, event by event, from the first place where they part.</>,
        },
      ]),
  {
    mark: 'map',
    href: mapHref(),
    title: <>Where it may be</>,
    says: <>Each host stands where somebody says it is and on whose word, and it is said where the policy lets it be.</>,
  },
  {
    mark: 'recheck',
    href: recordHref({ tab: 'proof' }),
    title: <>The record, checked</>,
    says: <>Everything that happened is in a signed ledger, and a re-check reads all of it again and says what it does not prove.</>,
  },
  {
    mark: 'export',
    href: hostsHref({ verdicts: ['failed'] }),
    title: <>For somebody who must not trust you</>,
    says: <>Any list can be exported, also as an evidence pack that an auditor checks without Plumbline and without a network.</>,
  },
  {
    mark: 'leave',
    href: endpointsHref,
    title: <>Your own fleet</>,
    says: <>When you have seen enough, leave the demo here and name your own attestation services in an endpoints file.</>,
  },
];
