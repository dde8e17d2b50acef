import type { Result } from '../../../shared/model/result.ts';
import type { Alert } from './alert.ts';

/** One place outside. Never throws; ends soon after an abort. */
export type AlertSender = {
  /** How it is called in messages, without anything secret. */
  readonly who: string;
  /** All of them or none: what failed is sent again whole. */
  readonly send: (alerts: readonly Alert[], signal: AbortSignal) => Promise<Result<void>>;
};
