import { backoffMs, crashesInRow } from "./backoff.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Worker } from "./worker.ts";

/** The running side of a slot: its gate, the process behind it, and what happens when that dies. */
export interface Slot {
  readonly gate: Gate;
  readonly worker: () => Worker | undefined;
  /** Starts a process from nothing; if it fails, goes on trying with back-off, and rejects with the first failure. */
  start(): Promise<void>;
  /** Routes to another process from now on; gives back the one before, which is the caller's to retire. */
  adopt(worker: Worker): Worker | undefined;
  /** Routes to no process: `stopped` or `empty`. Gives back the one before. */
  shut(kind: "stopped" | "empty"): Worker | undefined;
}

interface SlotOptions {
  /** Starts a process for what the slot should run now. */
  readonly launch: () => Promise<Worker>;
  readonly onCrash: (reason: string, retryInMs: number) => void;
}

export function createSlot(options: SlotOptions): Slot {
  const gate = createGate();
  let crashes = 0;
  let restart: NodeJS.Timeout | undefined;

  const worker = (): Worker | undefined => {
    const state = gate.state();
    return state.kind === "open" ? state.worker : undefined;
  };

  const adopt = (next: Worker): Worker | undefined => {
    const former = worker();
    clearTimeout(restart);
    gate.set({ kind: "open", worker: next });
    const since = Date.now();
    const lost = (reason: string): void => {
      // In a swap a process moves to another slot: it is then that slot's concern.
      if (worker() === next) crashed(reason, Date.now() - since);
    };
    void next.app.unhealthy.then(lost);
    void next.app.exited.then((exit) => {
      if (!exit.expected) lost(exit.reason ?? `the process ended with ${exit.signal ?? `code ${exit.code}`}`);
    });
    return former;
  };

  const crashed = (reason: string, ranMs: number): void => {
    crashes = crashesInRow(crashes, ranMs);
    const wait = backoffMs(crashes);
    gate.set({ kind: "crashed", reason, retryAt: Date.now() + wait });
    options.onCrash(reason, wait);
    restart = setTimeout(() => void start().catch(() => undefined), wait);
    restart.unref();
  };

  const start = async (): Promise<void> => {
    clearTimeout(restart);
    gate.set({ kind: "starting" });
    try {
      const started = await options.launch();
      // Something else has decided meanwhile what runs here.
      if (gate.state().kind === "starting") adopt(started);
      else await started.retire();
    } catch (error) {
      if (gate.state().kind === "starting") crashed(error instanceof Error ? error.message : String(error), 0);
      throw error;
    }
  };

  return {
    gate,
    worker,
    start,
    adopt,
    shut(kind) {
      const former = worker();
      clearTimeout(restart);
      gate.set({ kind });
      return former;
    },
  };
}
