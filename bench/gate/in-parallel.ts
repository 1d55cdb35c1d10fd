import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Cell } from "./promotions.ts";
import type { Promotions } from "./results.ts";

/**
 * Measures cells on all cores, the largest first.
 * @param onDone is told after each how many are through.
 * @returns their results in the order of the cells.
 */
export async function inParallel(
  cells: readonly Cell[],
  onDone: (done: number) => void,
): Promise<readonly Promotions[]> {
  const results: (readonly Promotions[])[] = [];
  const waiting = [...cells.entries()].sort(([, a], [, b]) => a.rows * a.trials - b.rows * b.trials);
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./cell-worker.ts", import.meta.url));
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [at, cell] = next;
      const answered = once(worker, "message");
      worker.postMessage(cell);
      const [found] = await answered;
      results[at] = found as readonly Promotions[];
      done += 1;
      onDone(done);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), cells.length) }, work));
  return results.flat();
}
