/** How many attempts one subscription may have under way: enough to hide latency, few enough not to drown a webhook. */
const width = 32;

/** Work in lanes: each lane runs so much at a time, and none has to wait for another. */
interface Lanes {
  /** `work` must not throw. */
  run(lane: string, work: () => Promise<void>): void;
  /** Resolves when all that was begun has ended and nothing waits. */
  idle(): Promise<void>;
}

export function createLanes(): Lanes {
  const waiting = new Map<string, (() => Promise<void>)[]>();
  const running = new Map<string, number>();
  const underWay = new Set<Promise<void>>();

  const next = (lane: string): void => {
    const queue = waiting.get(lane);
    if (!queue || (running.get(lane) ?? 0) >= width) return;
    const work = queue.shift();
    if (queue.length === 0) waiting.delete(lane);
    if (!work) return;
    running.set(lane, (running.get(lane) ?? 0) + 1);
    const done = work().finally(() => {
      underWay.delete(done);
      const left = (running.get(lane) ?? 1) - 1;
      if (left === 0) running.delete(lane);
      else running.set(lane, left);
      next(lane);
    });
    underWay.add(done);
  };

  return {
    run(lane, work) {
      const queue = waiting.get(lane) ?? [];
      waiting.set(lane, queue);
      queue.push(work);
      next(lane);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
