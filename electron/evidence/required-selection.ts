import type { PcrSelection } from './types.ts';

/** Registers that every quote must cover: the static root of trust (0-7), GRUB (8, 9), IMA (10) and machine owner keys (14). */
export const REQUIRED_SELECTION: PcrSelection = { sha256: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14] };
