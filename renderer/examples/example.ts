/** One component of the design system in the states that matter, on a page of its own. */
export type Example = {
  /** In the address: `#verdicts`. */
  readonly id: string;
  readonly title: string;
  /** When to take it, and when not. */
  readonly about: string;
  readonly Show: () => React.JSX.Element;
};
