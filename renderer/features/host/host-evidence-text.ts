import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { formatIso } from '../../ui/format-time.ts';
import { LINK_VERDICT_WORD, LINK_WORD, VERDICT_WORD } from '../../ui/words.ts';

const time = (atMs: number | null): string => (atMs === null ? 'never' : formatIso(atMs));

/**
 * What is known of a host as text that can be handed on: verdict, reasons and what they rest on, the four clocks, digests, and where to look.
 * What was not evaluated is said as what was.
 */
export const hostEvidenceText = (host: HostDetail, link: string): string => {
  const { row, clocks, identity } = host;
  return [
    `${row.name} (${row.id}), via ${row.endpoint}${row.demo ? '; simulated, demo data' : ''}`,
    `${VERDICT_WORD[row.verdict]} since ${time(row.changedAtMs)}: ${host.sentence}`,
    `Reported by ${row.endpoint}: ${host.reportedSentence}`,
    ...(host.disagreementSentence === null ? [] : [`They disagree: ${host.disagreementSentence}`]),
    '',
    ...host.chain.flatMap((part) => [
      `${LINK_WORD[part.link]}: ${LINK_VERDICT_WORD[part.verdict]}${part.believable ? '' : ' (can no longer be believed)'}. ${part.reason}`,
      ...part.notEvaluated.map((what) => `  not evaluated: ${what}`),
    ]),
    '',
    ...host.checks.filter(({ outcome }) => outcome !== 'pass').map((check) => `Check ${check.code}, ${check.outcome}: ${check.message}`),
    `Checks passed: ${host.checks.filter(({ outcome }) => outcome === 'pass').length} of ${host.checks.length}`,
    '',
    `Booted at the latest: ${time(clocks.bootedAtMs)}; quoted: ${time(clocks.quotedAtMs)}; received: ${time(clocks.receivedAtMs)}`,
    `AK name: ${identity.akName ?? 'not known'}; EK SHA-256: ${identity.ekSha256 ?? 'not known'}`,
    ...host.references.map((one) => `Reference (${one.kind}): ${one.provenance}, SHA-256 ${one.sha256}`),
    ...host.pcrs.filter(({ quoted }) => quoted).map((pcr) => `PCR ${pcr.index} (${pcr.bank}), quoted: ${pcr.value}`),
    '',
    link,
  ].join('\n');
};
