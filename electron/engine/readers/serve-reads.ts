import type { MessagePort } from 'node:worker_threads';
import { openReadStore } from '../../store/read-store.ts';
import { createAnswers } from './answers.ts';
import { type FromReader, type Moment, type ReaderStart, readTable, type ReadName, toReaderSchema } from './messages.ts';

/**
 * Answers what the engine asks, from a connection that cannot write. `before` is called when the turn of a question has come and nothing of the
 * database was looked at yet.
 */
export const serveReads = (port: MessagePort, start: ReaderStart, before: (name: ReadName) => void = () => {}): void => {
  const store = openReadStore(start.dataFolder);
  let asked: Moment | null = null;
  const moment = (): Moment => {
    // Without it everything recorded as trusted would be shown so.
    if (asked === null) throw new Error('nothing is judged before the time is known');
    return asked;
  };
  store.judgeFreshness({ nowMs: () => moment().nowMs, notRecorded: () => moment().notRecorded });
  const answers = createAnswers(store, () => moment().nowMs);
  const send = (message: FromReader): void => port.postMessage(message);
  const answer = async <N extends ReadName>(name: N, input: unknown): Promise<unknown> => {
    const spec: (typeof readTable)[N] = readTable[name];
    const handler: (typeof answers)[N] = answers[name];
    const parsed = spec.input.parse(input);
    return store.atOnce(() => handler(parsed));
  };
  port.on('message', (raw) => {
    const message = toReaderSchema.parse(raw);
    if (message.type === 'stop') {
      store.close();
      port.close();
      return;
    }
    const { id, name } = message;
    before(name);
    asked = message.moment;
    void answer(name, message.input).then(
      (data) => send({ type: 'answer', id, data }),
      () => send({ type: 'failed', id }),
    );
  });
  send({ type: 'open' });
};
