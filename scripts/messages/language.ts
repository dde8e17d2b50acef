/** What a build is written in. */
export type Language = {
  /** BCP 47: what numbers, names of regions and forms of plurals follow. */
  readonly tag: string;
  /**
   * The message in this language: one text, or one for each form of the plural where `plural` is given. Null where it has none; the English of the
   * source stays then.
   */
  readonly say: (id: string, plural: string | null) => readonly string[] | null;
};
