import type { BenchResult } from '../bench-result.ts';
import { eventLogResults } from './event-log.ts';
import { imaResults } from './ima.ts';
import { quoteResults } from './quote.ts';

/** Evidence verification beside the cryptography that it cannot avoid, over the same bytes. Everything is synthesised, so it runs anywhere. */
export const evidenceSuite = (signal: AbortSignal): readonly BenchResult[] => [
  ...quoteResults(signal),
  ...eventLogResults(signal),
  ...imaResults(signal),
];
