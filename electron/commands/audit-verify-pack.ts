import { visibleText } from '../../shared/model/hostile-text.ts';
import { readPackResource } from '../engine/exports/pack-resources.ts';
import type { VerifierKey } from '../ledger/verifier-key.ts';
import { checkPack, type PackOptions, type PackReport } from '../pack/check/check-pack.ts';
import { type ExitStatus, refuse } from './arguments.ts';
import type { CommandIo } from './command.ts';

/** All that `audit verify FILE` says, for people. */
const asText = ({ ok, entries, checkpoint, key, pinned, reVerified, problems, notices }: PackReport): string => {
  const { hosts, quotes, notKept } = reVerified;
  const lines = [
    `${entries} entries, ${hosts} hosts, ${quotes} quotes verified again${notKept === 0 ? '' : `, evidence of ${notKept} observations not kept`}`,
    checkpoint === null ? 'No checkpoint holds.' : `Signed up to entry ${checkpoint.size - 1}: root ${checkpoint.root}`,
    ...(key === null ? [] : [`Key: ${visibleText(key, 300)}${pinned ? '' : ' (of the pack itself)'}`]),
    ...problems.map(({ code, sentence, next }) => `WRONG ${code}: ${sentence}\n      ${next}`),
    ...notices.map(({ code, sentence }) => `note  ${code}: ${sentence}`),
  ];
  const holds = pinned
    ? 'Nothing is wrong.'
    : 'Nothing contradicts itself, and who made the pack is not shown: give the key that you got elsewhere with --key.';
  return `${[...lines, ok ? holds : 'The pack does not hold.'].join('\n')}\n`;
};

/** What a check is done with: the keys, the tools of this version, and how it is watched. */
export const checkOptions = (keys: readonly VerifierKey[], io: CommandIo): PackOptions => ({
  keys,
  tools: new Map((['check.sh', 'check.html'] as const).map((name) => [name, readPackResource(name)])),
  onProgress: (what, done, of) => {
    if (io.isTty && done % 50 === 0) io.stderr(`\r\u001b[K${done} of ${of} ${what}`);
  },
  isStopped: () => io.signal.aborted,
});

/** `plumbline audit verify FILE`: an evidence pack of `size` bytes that is open, offline. */
export const verifyPack = async (
  handle: number,
  size: number,
  keys: readonly VerifierKey[],
  json: boolean,
  io: CommandIo,
): Promise<ExitStatus> => {
  const found = await checkPack(handle, size, checkOptions(keys, io));
  if (io.isTty) io.stderr('\r\u001b[K');
  if (!found.ok) return refuse(io, `audit verify: ${found.problem.message} ${found.problem.nextStep}`);
  const report = found.value;
  const { ok, entries, checkpoint, key, pinned, reVerified, problems, notices } = report;
  const { hosts, quotes, notKept } = reVerified;
  io.stdout(
    json
      ? `${JSON.stringify({ ok, entries, checkpoint, keys: key === null ? [] : [key], keyPinned: pinned, hosts, quotes, notKept, problems, notices })}\n`
      : asText(report),
  );
  return ok ? 0 : 1;
};
