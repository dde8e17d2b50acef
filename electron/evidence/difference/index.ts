/** Difference of evidence: what was measured differently, aligned and in words. Pure; judges nothing. */
export { type AlignedFile, alignFiles } from './aligned-files.ts';
export { diffEvidence, diffPcrs } from './evidence.ts';
export { diffEventLogs } from './event-logs.ts';
export { diffIma } from './ima.ts';
export type {
  AlignedEvent,
  Cause,
  Change,
  DifferenceOptions,
  EventChange,
  EvidenceDifference,
  FileChange,
  ImaDifference,
  LogDifference,
  PcrChange,
  PcrSummary,
  Sighting,
} from './types.ts';
