/** API versions that this connector speaks, newest first. 3.x is the push model and not among them. */
export const SPOKEN = ['2.6', '2.5', '2.4', '2.3', '2.2', '2.1', '2.0'] as const;

/** Highest version that both sides speak, or null. */
export const negotiate = (offered: readonly string[]): string | null => SPOKEN.find((version) => offered.includes(version)) ?? null;
