import { useCallback, useEffect, useRef, useState } from 'react';
import { MAX_RAW_WINDOW, type RawKind } from '../../../../shared/contract/raw-schemas.ts';
import type { Problem } from '../../../../shared/model/result.ts';
import { call } from '../../../transport/transport.ts';
import { bytesOfHex } from '../../../ui/hex/hex-text.ts';

type State = {
  readonly key: string;
  readonly windows: ReadonlyMap<number, Uint8Array>;
  readonly total: number | undefined;
  readonly sha256: string | null;
  readonly problem: Problem | undefined;
};

export type RawOf = { readonly id: string; readonly what: RawKind; readonly sha256: string | null };

/** Bytes of evidence, fetched in windows around what is looked at. They never change: what is received is kept under its digest. */
export const useBytes = ({ id, what, sha256 }: RawOf) => {
  const key = `${id} ${what} ${sha256 ?? 'newest'}`;
  const [state, setState] = useState<State>({ key, windows: new Map(), total: undefined, sha256: null, problem: undefined });
  const asked = useRef(new Set<string>());
  const load = useCallback(
    async (window: number): Promise<void> => {
      const slot = `${key} ${window}`;
      if (asked.current.has(slot)) return;
      asked.current.add(slot);
      const answer = await call('hosts.bytes', { id, what, sha256, offset: window * MAX_RAW_WINDOW, limit: MAX_RAW_WINDOW });
      const problem = answer.ok ? (answer.value.problem ?? undefined) : answer.problem;
      if (!answer.ok) asked.current.delete(slot);
      setState((before) => {
        const known = before.key === key ? before : { windows: new Map<number, Uint8Array>(), total: undefined, sha256: null };
        if (!answer.ok || problem !== undefined) return { ...known, key, problem };
        const windows = new Map([...known.windows, [window, bytesOfHex(answer.value.hex)]]);
        return { key, windows, total: answer.value.total, sha256: answer.value.sha256, problem: undefined };
      });
    },
    [key, id, what, sha256],
  );
  const show = useCallback(
    (first: number, last: number): void => {
      for (let window = Math.floor(first / MAX_RAW_WINDOW); window <= Math.floor(last / MAX_RAW_WINDOW); window += 1) void load(window);
    },
    [load],
  );
  // How long it is, is said with its first window.
  useEffect(() => show(0, 0), [show]);
  const current = state.key === key ? state : null;
  const byteAt = useCallback(
    (offset: number): number | undefined => current?.windows.get(Math.floor(offset / MAX_RAW_WINDOW))?.[offset % MAX_RAW_WINDOW],
    [current],
  );
  return { total: current?.total, sha256: current?.sha256 ?? null, problem: current?.problem, byteAt, show };
};
