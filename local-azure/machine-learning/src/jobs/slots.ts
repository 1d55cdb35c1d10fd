/** The places of a compute: so many jobs run at a time, the others wait in the order they came. */
interface Slots {
  /** Resolves to what gives the place back; rejects with the signal's reason when it is aborted first. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  // A place is handed to the next in line directly, so that nobody who comes in between can take it.
  const giveBack = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await turn(waiting, signal);
      return once(giveBack);
    },
  };
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abandon = () => {
      waiting.splice(waiting.indexOf(called), 1);
      reject(signal.reason);
    };
    const called = () => {
      signal.removeEventListener("abort", abandon);
      resolve();
    };
    signal.addEventListener("abort", abandon, { once: true });
    waiting.push(called);
  });
}

function once(callback: () => void): () => void {
  let called = false;
  return () => {
    if (!called) callback();
    called = true;
  };
}
