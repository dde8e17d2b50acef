import type { Assurance } from '../../shared/model/verdict.ts';

/** Where something is said to be. Coordinates in degrees; null = not said. */
export type Position = {
  readonly country: string | null;
  readonly subdivision: string | null;
  readonly site: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
};

export type AppraisedLocation = Position & {
  readonly assurance: Assurance;
  /** Whose word it is; null where nobody says anything. */
  readonly source: string | null;
  /** Set when sources do not agree or a tag does not count, in one sentence. */
  readonly contradiction: string | null;
};
