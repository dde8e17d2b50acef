import type { ExportHead } from '../export-head.ts';
import type { Posture } from '../posture.ts';

/** What is attached to a report: its head and its numbers as one JSON document. */
export const evidenceLines = (head: ExportHead, report: string, posture: Posture): Buffer =>
  Buffer.from(`${JSON.stringify({ v: 1, report, head, posture })}\n`, 'utf8');
