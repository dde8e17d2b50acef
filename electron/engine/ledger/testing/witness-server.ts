import type { KeyObject } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { openCheckpoint, parseCheckpoint } from '../../../ledger/checkpoint.ts';
import { makeCosignature } from '../../../ledger/cosignature.ts';
import { parseNote, signatureLine } from '../../../ledger/note.ts';
import { keyFrom, valueOf } from '../../../ledger/testing/ledger.ts';
import { makeVerifierKey, parseVerifierKey as parse, type VerifierKey } from '../../../ledger/verifier-key.ts';
import { verifyConsistency } from '../../../ledger/verify-proof.ts';
import { bodyOf } from './https-server.ts';

export const WITNESS_NAME = 'witness.test/one';

type Answer = { readonly status: number; readonly type?: string; readonly body: string };

/** A witness by the rules of C2SP tlog-witness, "add-checkpoint": it remembers the last tree of each log and cosigns what continues it. */
export type TestWitness = {
  readonly listener: RequestListener;
  readonly key: VerifierKey;
  readonly knows: (key: string) => void;
  /** Last cosigned size and root. */
  readonly state: { size: number; root: Buffer | null };
  readonly statuses: number[];
};

export const createWitness = (nowSeconds: () => number, signer: KeyObject = keyFrom('witness'), name = WITNESS_NAME): TestWitness => {
  const logs: string[] = [];
  const state: TestWitness['state'] = { size: 0, root: null };
  const statuses: number[] = [];

  const answerTo = (request: string): Answer => {
    const end = request.indexOf('\n\n');
    const [first = '', ...lines] = request.slice(0, end).split('\n');
    const old = Number(/^old (\d+)$/.exec(first)?.[1] ?? Number.NaN);
    const signed = request.slice(end + 2);
    const note = parseNote(signed);
    if (end < 0 || !Number.isSafeInteger(old) || !note.ok) return { status: 400, body: 'bad request\n' };
    const { text } = note.value;
    const origin = text.split('\n')[0] ?? '';
    const keys = logs.map((line) => valueOf(parse(line))).filter((key) => key.name === origin);
    if (keys.length === 0) return { status: 404, body: 'unknown log\n' };
    const opened = openCheckpoint(signed, keys);
    if (!opened.ok) return { status: 403, body: 'not signed by the log\n' };
    const { size, root } = valueOf(parseCheckpoint(text));
    if (old > size) return { status: 400, body: 'old is larger\n' };
    if (old !== state.size) return { status: 409, type: 'text/x.tlog.size', body: `${state.size}\n` };
    if (old === size && state.root !== null && !state.root.equals(root)) return { status: 409, body: 'another root\n' };
    const proof = lines.map((line) => Buffer.from(line, 'base64'));
    const holds =
      old === 0 ? proof.length === 0 : verifyConsistency({ from: old, to: size, fromRoot: state.root ?? root, toRoot: root, proof });
    if (!holds) return { status: 422, body: 'not consistent\n' };
    [state.size, state.root] = [size, root];
    return { status: 200, body: signatureLine(valueOf(makeCosignature(text, name, signer, nowSeconds()))) };
  };

  return {
    key: valueOf(makeVerifierKey(name, signer, 'cosignature')),
    knows: (key) => void logs.push(key),
    state,
    statuses,
    listener: (request, response) => {
      void bodyOf(request).then((body) => {
        const isPath = request.method === 'POST' && request.url === '/w/add-checkpoint';
        const { status, type = 'text/plain', body: answer } = isPath ? answerTo(body.toString('utf8')) : { status: 404, body: 'no\n' };
        statuses.push(status);
        return response.writeHead(status, { 'content-type': type }).end(answer);
      });
    },
  };
};
