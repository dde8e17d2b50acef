import { RE2JS } from 're2js';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { Link } from '../../../shared/model/verdict.ts';
import { judgement, type LinkJudgement } from '../chain/link.ts';
import type { HostFacts } from '../facts-schema.ts';
import type { Policy } from '../manifest/manifest.ts';

type Ruled = Exclude<Link, 'hardware' | 'workloads'>;

const SECTION = {
  firmware: 'firmware',
  'secure-boot': 'secureBoot',
  'boot-loader': 'bootLoader',
  kernel: 'kernel',
  runtime: 'runtime',
  'container-engine': 'containerEngine',
  orchestrator: 'orchestrator',
} as const satisfies Record<Ruled, keyof Policy>;

const WHAT: Readonly<Record<Ruled, string>> = {
  firmware: 'the firmware',
  'secure-boot': 'secure boot',
  'boot-loader': 'the boot loader',
  kernel: 'the kernel',
  runtime: 'the programs that ran',
  'container-engine': 'the container engine',
  orchestrator: 'the orchestrator',
};

/** How much a link must show. Evidence that contradicts itself fails whatever is required; a break is not undone by not asking. */
const asRequired = (own: LinkJudgement, link: Ruled, policy: Policy): LinkJudgement => {
  const requirement = policy[SECTION[link]].require;
  if (own.cause === 'tampered' || own.cause === 'race') return own;
  if (requirement === 'not-required') {
    const differs = own.cause === 'differs' ? [`Not counted, because the manifest does not require it: ${own.reason}`] : [];
    const reason = `The manifest does not require ${WHAT[link]} to be as in reference values.`;
    return judgement(link, 'not-required', reason, { basis: [...own.basis, ...differs], notEvaluated: own.notEvaluated });
  }
  // Only what is shown to be absent is absent: evidence that was withheld stays what its judge called it.
  if (requirement === 'when-present' || own.cause !== 'absent' || own.verdict !== 'not-required') return own;
  return judgement(link, 'inconclusive', `${own.reason} The manifest requires it.`, {
    cause: 'absent',
    basis: own.basis,
    notEvaluated: own.notEvaluated,
  });
};

const failedBy = (own: LinkJudgement, reason: string): LinkJudgement =>
  own.verdict === 'failed' ? own : { ...own, verdict: 'failed', cause: 'differs', reason, basis: [own.reason, ...own.basis] };
const openBy = (own: LinkJudgement, reason: string): LinkJudgement =>
  own.verdict === 'failed' ? own : { ...own, verdict: 'inconclusive', cause: 'open', reason, notEvaluated: [reason, ...own.notEvaluated] };

const secureBootState = (own: LinkJudgement, facts: HostFacts, { secureBoot }: Policy): LinkJudgement => {
  if (secureBoot.state === 'any' || facts.secureBootOn === true) return own;
  return facts.secureBootOn === false
    ? failedBy(own, 'Secure boot is off; the manifest requires it.')
    : openBy(own, 'The manifest requires secure boot, and the evidence does not show whether it is on.');
};

const patterns = new Map<string, RE2JS>();
const MAX_PATTERNS = 2_000;
const patternOf = (text: string): RE2JS => {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const made = RE2JS.compile(text);
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  patterns.set(text, made);
  return made;
};

const commandLine = (own: LinkJudgement, facts: HostFacts, { kernel }: Policy): LinkJudgement => {
  const { require, forbid } = kernel.commandLine;
  if (require.length === 0 && forbid.length === 0) return own;
  const lines = facts.commandLines;
  if (lines === null)
    return openBy(
      own,
      'The manifest has rules about the kernel command line, and none was measured with its text, or not all of it can be read.',
    );
  for (const pattern of forbid)
    if (lines.some((line) => patternOf(pattern).matcher(line).find()))
      return failedBy(own, `The kernel command line holds what the manifest forbids: ${visibleText(pattern, 200)}`);
  for (const pattern of require)
    if (!lines.every((line) => patternOf(pattern).matcher(line).find()))
      return failedBy(own, `The kernel command line lacks what the manifest requires: ${visibleText(pattern, 200)}`);
  return own;
};

/** Rules about the quote that the evidence checks cannot know. */
const quoteRules = (own: LinkJudgement, facts: HostFacts, { quote }: Policy): LinkJudgement => {
  const said = facts.quote;
  if (said === null) return own;
  if (!quote.schemes.includes(said.scheme))
    return failedBy(own, `The quote is signed with ${said.scheme}, which the manifest does not accept.`);
  if (said.hash === 'sm3' || !quote.hashes.includes(said.hash))
    return failedBy(own, `The quote is signed over ${said.hash}, which the manifest does not accept.`);
  const missing = quote.pcrs.filter((pcr) => !said.pcrs.includes(pcr));
  if (missing.length > 0) return openBy(own, `The quote leaves out PCR ${missing.join(', ')}, which the manifest requires.`);
  if (quote.endorsement === 'required' && said.endorsement !== 'pass' && said.endorsement !== 'notice')
    return openBy(own, 'The manifest requires an endorsement certificate that leads to a manufacturer root, and none was followed.');
  if (quote.safeClock === 'required' && !said.safeClock)
    return openBy(own, 'The clock of the TPM is not safe, and the manifest requires that.');
  return own;
};

const ruled = (own: LinkJudgement, facts: HostFacts, policy: Policy): LinkJudgement => {
  const { link } = own;
  if (link === 'hardware') return quoteRules(own, facts, policy);
  if (link === 'workloads') return own;
  const asked = asRequired(own, link, policy);
  if (link === 'secure-boot') return secureBootState(asked, facts, policy);
  return link === 'kernel' ? commandLine(asked, facts, policy) : asked;
};

/** Links by the rules of one class. A rule can make a link worse, or unasked; never better than what was measured. */
export const applyRules = (links: readonly LinkJudgement[], facts: HostFacts, policy: Policy): LinkJudgement[] =>
  links.map((own) => ruled(own, facts, policy));
