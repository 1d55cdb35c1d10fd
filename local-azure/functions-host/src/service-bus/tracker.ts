/** Counts work under way. */
interface Tracker {
  track<T>(work: Promise<T>): Promise<T>;
  readonly count: () => number;
  /** Resolves once nothing is under way. */
  idle(): Promise<void>;
}

export function createTracker(): Tracker {
  const running = new Set<Promise<unknown>>();
  return {
    async track(work) {
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    count: () => running.size,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
