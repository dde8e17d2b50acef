/** On whose word the place of a demo host without a tag rests. */
export type LocationWord = 'endpoint' | 'issuer' | 'person' | 'nobody';
const WORDS: readonly LocationWord[] = ['issuer', 'person', 'nobody'];

/** Hosts without a tag in turn, so that every assurance is there to be seen. */
export const wordFor = (nth: number): LocationWord => WORDS[nth % WORDS.length] ?? 'endpoint';
