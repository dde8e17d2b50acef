/** Shapes that screens and reports share, as SVG paths. */

/** The bob: collar, shoulders, point. Hangs from (0, 0); 14 wide and 24 high at scale 1. */
export const BOB_PATH = 'M-1.6 0h3.2v2.6h-3.2ZM-4.2 3.6h8.4l2.2 3.6c.9 1.7.3 3.5-.7 5L.5 23.2q-.5.8-1 0L-5.7 12.2c-1-1.5-1.6-3.3-.7-5Z';
/** A strand's bob: hangs from (0, 0), 9 high. */
export const SMALL_BOB_PATH = 'M-1.2 0h2.4l1.7 2.6L0 9.4-2.9 2.6Z';
/** A failed verdict: a diamond in two pieces, within 16 by 16. */
export const DIAMOND_PATH = 'M7.9.9.7 8l6.5 6.5 1.5-5.2-2.9-2.2ZM9.9 2.5 7.8 6.4l2.9 2.3-1.5 5.4L15.3 8Z';
/** A failed link: the same, larger, around (0, 0). */
export const BROKEN_NODE_PATH = 'M-.2-9.6-9.8 0-1 8.8.9 1.7-2.9-1.2ZM2.4-7.4-.3-2.1 3.5.9 1.6 8.2 9.8 0Z';
/** Where hosts break in the line of a fleet, around (0, 0). */
export const CRACKED_PATH = 'M-.2-7.6-7.8 0-.9 6.9.7 1.4-2.3-.9ZM1.9-5.8-.3-1.7 2.8.7 1.3 6.4 7.8 0Z';
