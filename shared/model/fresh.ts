/** How far in the future evidence may seem to lie: two clocks, not a clock set back. */
export const FUTURE_MS = 60_000;

/** Whether evidence still counts at a time. What seems to come from the future does not: nobody knows how old it is. */
export const isFresh = (evidenceAtMs: number, maxAgeMs: number, atMs: number): boolean => {
  const age = atMs - evidenceAtMs;
  return age <= maxAgeMs && age >= -FUTURE_MS;
};
