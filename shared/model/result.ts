/**
 * An expected failure: a stable code, one sentence a person can read, and what to do next.
 * Exceptions are for bugs; whatever the outside world can cause is a Problem.
 */
export type Problem = {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
};

export type Result<T, P extends Problem = Problem> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const fail = (code: string, message: string, nextStep: string): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: { code, message, nextStep },
});
