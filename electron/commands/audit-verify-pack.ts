import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { readPackResource } from '../engine/exports/pack-resources.ts';
import type { VerifierKey } from '../ledger/verifier-key.ts';
import { checkPack, type PackReport } from '../pack/check/check-pack.ts';
import { type ExitStatus, refuse } from './arguments.ts';
import type { CommandIo } from './command.ts';
import { fromCaller } from './read-file.ts';

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

/** The file, open, and its size; null where there is no such regular file. */
const openFile = (file: string): { readonly handle: number; readonly size: number } | null => {
  try {
    const handle = openSync(fromCaller(file), 'r');
    const stat = fstatSync(handle);
    if (stat.isFile()) return { handle, size: stat.size };
    closeSync(handle);
  } catch {
    // Said by the caller, as what is no file.
  }
  return null;
};

const beginsAsZip = (handle: number): boolean => {
  const head = Buffer.alloc(2);
  return readSync(handle, head, 0, 2, 0) === 2 && head.toString('latin1') === 'PK';
};

/** `plumbline audit verify FILE`: an evidence pack, offline. */
export const verifyPack = async (file: string, keys: readonly VerifierKey[], json: boolean, io: CommandIo): Promise<ExitStatus> => {
  const opened = openFile(file);
  if (opened === null) return refuse(io, `audit verify: ${visibleText(file, 200)}: no file that can be read. Check the path.`);
  const { handle, size } = opened;
  try {
    if (!beginsAsZip(handle))
      return refuse(io, `audit verify: ${visibleText(file, 200)}, at byte 0: this is no evidence pack, which is a zip file. Get it again.`);
    const found = await checkPack(handle, size, {
      keys,
      tools: new Map((['check.sh', 'check.html'] as const).map((name) => [name, readPackResource(name)])),
      onProgress: (what, done, of) => {
        if (io.isTty && done % 50 === 0) io.stderr(`\r\u001b[K${done} of ${of} ${what}`);
      },
      isStopped: () => io.signal.aborted,
    });
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
  } finally {
    closeSync(handle);
  }
};
