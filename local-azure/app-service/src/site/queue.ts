/** Does one thing after the other: changes of a site must not run into each other. */
interface Queue {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves once all that was given is done. */
  idle(): Promise<void>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    idle: async () => void (await last),
  };
}
