import type { LetterOperation } from "@ratchet/contracts";
import { openOperations, type Surroundings, workOn } from "@ratchet/operators";

const looksEveryMs = 10_000;

/** Works on operations in this process: on those that are asked for here, and on those that another has left. */
export interface Workshop {
  /** Works on an operation, in its own time. */
  begin(id: string): void;
  close(): Promise<void>;
}

export function openWorkshop(
  ground: Surroundings,
  {
    onProgress,
    onTrouble,
  }: { readonly onProgress: (operation: LetterOperation) => void; readonly onTrouble: (error: unknown) => void },
): Workshop {
  const stop = new AbortController();
  const working = new Map<string, Promise<void>>();
  const begin = (id: string): void => {
    if (working.has(id) || stop.signal.aborted) return;
    const work = workOn(ground, id, { onProgress, signal: stop.signal })
      .then(onProgress, onTrouble)
      .finally(() => working.delete(id));
    working.set(id, work);
  };
  const lookForLeft = async (): Promise<void> => {
    for (const { id } of await openOperations(ground)) begin(id);
  };
  void lookForLeft().catch(onTrouble);
  const timer = setInterval(() => void lookForLeft().catch(onTrouble), looksEveryMs);
  timer.unref();
  return {
    begin,
    async close() {
      clearInterval(timer);
      stop.abort();
      await Promise.all(working.values());
    },
  };
}
