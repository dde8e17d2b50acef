/** Lets whoever waits for this thread have their turn. */
export const breath = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
