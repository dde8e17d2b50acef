import { fail, ok, type Result } from '../../../../shared/model/result.ts';
import type { AnchorConfig } from '../../../connectors/endpoints-file.ts';
import { type Checkpoint, parseCheckpoint } from '../../../ledger/checkpoint.ts';
import { parseNote, signatureLine } from '../../../ledger/note.ts';
import { parseVerifierKey } from '../../../ledger/verifier-key.ts';
import { verifyConsistency } from '../../../ledger/verify-proof.ts';
import { encodeAddCheckpoint, readAddCheckpointAnswer, type WitnessOutcome } from '../../../ledger/witness.ts';
import type { AnchorMade } from '../../../store/ledger-anchors.ts';
import type { LedgerSeal } from '../../../store/ledger-seal.ts';
import { type AnchorMaker, clockProblem } from './maker.ts';
import { post } from '../../outward/post.ts';
import type { Asking } from './time-stamp.ts';

const MAX_ANSWER_BYTES = 64 * 1024;
/** A witness that names another size each time has no memory to speak of. */
const MAX_ROUNDS = 3;

export type WitnessConfig = Extract<AnchorConfig, { kind: 'witness' }>;
export type Tree = Pick<LedgerSeal, 'rootAt' | 'consistency'>;

const readSigned = (note: string): Result<{ readonly text: string; readonly checkpoint: Checkpoint }> => {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const checkpoint = parseCheckpoint(parsed.value.text);
  return checkpoint.ok ? ok({ text: parsed.value.text, checkpoint: checkpoint.value }) : checkpoint;
};

/** The proof from what the witness cosigned last; checked here first, so that a damaged tile is not taken for a fork over there. */
const proofFrom = (tree: Tree, from: number, { size, root }: Checkpoint): Result<readonly Buffer[]> => {
  const proof = tree.consistency(from, size);
  if (!proof.ok || from === 0) return proof;
  const fromRoot = tree.rootAt(from);
  if (!fromRoot.ok) return fromRoot;
  return verifyConsistency({ from, to: size, fromRoot: fromRoot.value, toRoot: root, proof: proof.value })
    ? proof
    : fail('anchor-proof', 'The kept hashes of the ledger do not fit its checkpoint.', 'Run plumbline audit verify.');
};

const ahead = (who: string, theirs: number, ours: number): Result<never> =>
  fail(
    'anchor-ahead',
    `The witness ${who} has cosigned ${theirs} entries of this ledger; here are ${ours}. This is an older state of the ledger.`,
    'Look for the newer database; if this one was restored on purpose, tell whoever runs the witness.',
  );

/** C2SP tlog-witness, "add-checkpoint". */
export const createWitnessMaker = (config: WitnessConfig, tree: Tree, { nowMs, timeoutMs }: Asking): AnchorMaker => {
  const who = `the witness at ${config.url}`;
  const url = new URL(`${config.url.replace(/\/+$/, '')}/add-checkpoint`);
  const key = parseVerifierKey(config.key);

  const ask = async (body: string, text: string, signal: AbortSignal): Promise<Result<WitnessOutcome>> => {
    if (!key.ok) return key;
    const contentType = 'application/octet-stream';
    const answer = await post({
      of: 'anchor',
      who,
      url,
      contentType,
      accept: 'text/plain',
      body,
      maxBytes: MAX_ANSWER_BYTES,
      ca: config.ca,
      timeoutMs,
      signal,
    });
    if (!answer.ok) return answer;
    return ok(readAddCheckpointAnswer({ ...answer.value, body: answer.value.body.toString('utf8') }, text, [key.value]));
  };

  const cosigned = (note: string, { cosignatures }: Extract<WitnessOutcome, { kind: 'cosigned' }>): Result<AnchorMade> => {
    const latest = Math.max(...cosignatures.map(({ timestampSeconds }) => timestampSeconds));
    // Beyond what a Date can hold is no time either.
    const at = latest < 8_640_000_000_000 ? new Date(latest * 1000).toISOString() : new Date(0).toISOString();
    const wrong = clockProblem(who, at, nowMs());
    if (wrong !== null) return { ok: false, problem: wrong };
    const lines = cosignatures.map(({ signature }) => signatureLine(signature)).join('');
    return ok({ note: note + lines, token: null, by: key.ok ? key.value.name : null, at });
  };

  return {
    id: { kind: 'witness', target: config.url },
    everyMs: config.everyMs,
    make: async ({ note }, lastSize, signal) => {
      const signed = readSigned(note);
      if (!signed.ok) return signed;
      const { text, checkpoint } = signed.value;
      let from = Math.min(lastSize, checkpoint.size);
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const proof = proofFrom(tree, from, checkpoint);
        if (!proof.ok) return proof;
        const request = encodeAddCheckpoint(from, proof.value, note);
        if (!request.ok) return request;
        const outcome = await ask(request.value, text, signal);
        if (!outcome.ok) return outcome;
        if (outcome.value.kind === 'cosigned') return cosigned(note, outcome.value);
        if (outcome.value.kind === 'refused') return { ok: false, problem: outcome.value.problem };
        if (outcome.value.size > checkpoint.size) return ahead(config.url, outcome.value.size, checkpoint.size);
        from = outcome.value.size;
      }
      return fail('anchor-witness-size', `The witness at ${config.url} names another size each time.`, 'Ask whoever runs the witness.');
    },
  };
};
