import { FunctionAppStartError } from "@local-azure/functions-host";
import { backoffMs, crashesInRow } from "./backoff.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Worker } from "./worker.ts";

/** The running side of a slot: its gate, the process behind it, and what happens when that dies. */
export interface Slot {
  readonly gate: Gate;
  readonly worker: () => Worker | undefined;
  /**
   * Starts a process from nothing; if it fails, goes on trying with back-off, and rejects with the first failure.
   * @param how whether requests wait for it; they do unless said.
   */
  start(how?: { readonly holds: boolean }): Promise<void>;
  /** Routes to another process from now on; gives back the one before, which is the caller's to retire. */
  adopt(worker: Worker): Worker | undefined;
  /** Routes to no process: `stopped` or `empty`. Gives back the one before. */
  shut(kind: "stopped" | "empty"): Worker | undefined;
}

/** A process of a slot has ended by itself, or a new one did not start. */
export interface Crash {
  readonly reason: string;
  /** The last lines that it printed, oldest first. */
  readonly output: readonly string[];
  /** How long it had served; 0 where it did not start. */
  readonly servedMs: number;
  readonly retryInMs: number;
}

interface SlotOptions {
  /** Starts a process for what the slot should run now. */
  readonly launch: () => Promise<Worker>;
  readonly onCrash: (crash: Crash) => void;
  /** After a crash the slot has a process again. */
  readonly onRecovery: () => void;
}

export function createSlot(options: SlotOptions): Slot {
  const gate = createGate();
  let crashes = 0;
  let down = false;
  let restart: NodeJS.Timeout | undefined;

  const worker = (): Worker | undefined => {
    const state = gate.state();
    return state.kind === "open" ? state.worker : undefined;
  };

  const adopt = (next: Worker): Worker | undefined => {
    const former = worker();
    clearTimeout(restart);
    gate.set({ kind: "open", worker: next });
    if (down) options.onRecovery();
    down = false;
    const since = Date.now();
    const lost = (reason: string): void => {
      // In a swap a process moves to another slot: it is then that slot's concern.
      if (worker() === next) crashed(reason, next.app.output(), Date.now() - since);
    };
    void next.app.unhealthy.then(lost);
    void next.app.exited.then((exit) => {
      if (!exit.expected) lost(exit.reason ?? `the process ended with ${exit.signal ?? `code ${exit.code}`}`);
    });
    return former;
  };

  const crashed = (reason: string, output: readonly string[], servedMs: number): void => {
    crashes = crashesInRow(crashes, servedMs);
    const retryInMs = backoffMs(crashes);
    gate.set({ kind: "crashed", reason, retryAt: Date.now() + retryInMs });
    down = true;
    options.onCrash({ reason, output, servedMs, retryInMs });
    restart = setTimeout(() => void start().catch(() => undefined), retryInMs);
    restart.unref();
  };

  const start: Slot["start"] = async ({ holds } = { holds: true }) => {
    clearTimeout(restart);
    gate.set({ kind: "starting", holds });
    try {
      const started = await options.launch();
      // Something else has decided meanwhile what runs here.
      if (gate.state().kind === "starting") adopt(started);
      else await started.retire();
    } catch (error) {
      if (gate.state().kind === "starting") {
        const output = error instanceof FunctionAppStartError ? error.output : [];
        crashed(error instanceof Error ? error.message : String(error), output, 0);
      }
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
