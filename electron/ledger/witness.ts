import { visibleText } from '../../shared/model/hostile-text.ts';
import { type Problem, type Result, fail, ok } from '../../shared/model/result.ts';
import { verifyCosignature } from './cosignature.ts';
import { isHash, isSize } from './merkle.ts';
import { type NoteSignature, isBy, parseNote, parseSignatureLines } from './note.ts';
import type { VerifierKey } from './verifier-key.ts';

const MAX_PROOF_LINES = 63;
const BAD = 'ledger-witness-request';

/**
 * C2SP tlog-witness, "add-checkpoint": the body of the request. `oldSize` is the size that the witness last cosigned, 0 where unknown;
 * the proof is the consistency proof from there, and empty from 0.
 */
export const encodeAddCheckpoint = (oldSize: number, proof: readonly Uint8Array[], signedCheckpoint: string): Result<string> => {
  const note = parseNote(signedCheckpoint);
  if (!note.ok) return note;
  if (!isSize(oldSize) || proof.length > MAX_PROOF_LINES || !proof.every(isHash))
    return fail(BAD, 'The request to the witness has no proper size or proof.', 'Report this as a bug.');
  const lines = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
  return ok(`old ${oldSize}\n${lines}\n${signedCheckpoint}`);
};

export type WitnessAnswer = { readonly status: number; readonly contentType: string | null; readonly body: string };

export type WitnessOutcome =
  /** Lines to add to the checkpoint's note, each verified. */
  | {
      readonly kind: 'cosigned';
      readonly cosignatures: readonly { readonly signature: NoteSignature; readonly timestampSeconds: number }[];
    }
  /** The witness last cosigned another size: ask again with a proof from there. */
  | { readonly kind: 'other-size'; readonly size: number }
  | { readonly kind: 'refused'; readonly problem: Problem };

const refused = (code: string, message: string, nextStep: string): WitnessOutcome => ({
  kind: 'refused',
  problem: { code, message, nextStep },
});

/** What each status of "add-checkpoint" says, and what to do. */
const REFUSALS: ReadonlyMap<number, readonly [string, string]> = new Map([
  [400, ['The witness could not read the request.', 'Report this as a bug.']],
  [
    403,
    ['The witness does not know the key that signed the checkpoint.', 'Give the verifier key of this ledger to whoever runs the witness.'],
  ],
  [404, ['The witness does not know this ledger.', 'Give its origin and verifier key to whoever runs the witness.']],
  [
    409,
    [
      'The witness cosigned another tree of the same size: the ledger forked or was rewritten.',
      'Run plumbline audit verify and compare both checkpoints.',
    ],
  ],
  [
    422,
    [
      'The witness found that the tree does not continue what it cosigned before.',
      'Run plumbline audit verify: the ledger may have been rewound or forked.',
    ],
  ],
]);

const cosigned = (body: string, checkpointText: string, keys: readonly VerifierKey[]): WitnessOutcome => {
  const lines = parseSignatureLines(body);
  if (!lines.ok) return { kind: 'refused', problem: lines.problem };
  const found = [];
  for (const signature of lines.value) {
    const key = keys.find((known) => known.type === 'cosignature' && isBy(signature, known));
    // C2SP tlog-witness: cosignatures from unknown keys must be ignored.
    if (key === undefined) continue;
    const verified = verifyCosignature(checkpointText, signature, key);
    if (!verified.ok) return { kind: 'refused', problem: verified.problem };
    found.push({ signature, timestampSeconds: verified.value.timestampSeconds });
  }
  return found.length > 0
    ? { kind: 'cosigned', cosignatures: found }
    : refused(
        'ledger-witness-key',
        'The witness answered, but not with a key that is configured.',
        'Compare the verifier key of the witness.',
      );
};

/** C2SP tlog-witness, "add-checkpoint": what the witness answered for the checkpoint whose note text is given. */
export const readAddCheckpointAnswer = (
  { status, contentType, body }: WitnessAnswer,
  checkpointText: string,
  witnessKeys: readonly VerifierKey[],
): WitnessOutcome => {
  if (status === 200) return cosigned(body, checkpointText, witnessKeys);
  const isSizeAnswer = contentType?.split(';')[0]?.trim().toLowerCase() === 'text/x.tlog.size';
  const size = /^(?:0|[1-9]\d{0,15})\n$/.test(body) ? Number(body) : Number.NaN;
  if (status === 409 && isSizeAnswer && isSize(size)) return { kind: 'other-size', size };
  const [message, next] = REFUSALS.get(status) ?? [
    `The witness answered with status ${status}: ${visibleText(body, 200)}`,
    'Try again later; ask whoever runs the witness.',
  ];
  return refused('ledger-witness-refused', message, next);
};
