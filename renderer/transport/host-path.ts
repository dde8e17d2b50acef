import { create } from 'zustand';
import type { CallInput } from '../../shared/contract/contract.ts';

/** The list that a host was opened from, and its place in it. Forgotten with the window. */
export type HostPath = { readonly ask: Omit<CallInput<'hosts.list'>, 'offset' | 'limit'>; readonly index: number };

export const useHostPath = create<{ readonly path: HostPath | null }>(() => ({ path: null }));
export const setHostPath = (path: HostPath | null): void => useHostPath.setState({ path });
