import type { Worker } from "./worker.ts";

/** What a request meets at a slot. */
type GateState =
  | { readonly kind: "open"; readonly worker: Worker }
  /** A process is being started. `holds`: requests wait for it; else they are told to come again. */
  | { readonly kind: "starting"; readonly holds: boolean }
  /** The process died and starts again later. */
  | { readonly kind: "crashed"; readonly retryAt: number; readonly reason: string }
  | { readonly kind: "stopped" }
  | { readonly kind: "empty" };

/** A request is turned away at the gate. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The one point that decides where a slot's requests go. To change it is atomic: one assignment between two requests. */
export interface Gate {
  readonly state: () => GateState;
  set(state: GateState): void;
  /**
   * The process for one request; waits while one is being started.
   * @throws {Refusal} when there is none.
   */
  pass(): Worker | Promise<Worker>;
}

/** How long a request waits for a process to start before it is told to come again. */
const holdMs = 30_000;

export function createGate(): Gate {
  let state: GateState = { kind: "empty" };
  let waiting: ((state: GateState) => void)[] = [];

  const held = (): Promise<Worker> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting = waiting.filter((other) => other !== decide);
        reject(new Refusal(503, "The app is still starting.", 5));
      }, holdMs);
      const decide = (next: GateState): void => {
        clearTimeout(timer);
        if (next.kind === "open") resolve(next.worker);
        else reject(refusalOf(next));
      };
      waiting.push(decide);
    });

  return {
    state: () => state,
    set(next) {
      state = next;
      if (next.kind === "starting" && next.holds) return;
      const decided = waiting;
      waiting = [];
      for (const decide of decided) decide(next);
    },
    pass() {
      if (state.kind === "open") return state.worker;
      if (state.kind === "starting" && state.holds) return held();
      throw refusalOf(state);
    },
  };
}

function refusalOf(state: GateState): Refusal {
  switch (state.kind) {
    case "stopped":
      return new Refusal(403, "This web app is stopped.");
    case "empty":
      return new Refusal(404, "Nothing has been published to this app yet.");
    case "crashed":
      return new Refusal(
        503,
        `Function host is not running: ${state.reason}`,
        Math.max(1, Math.ceil((state.retryAt - Date.now()) / 1000)),
      );
    default:
      return new Refusal(503, "The app is starting.", 1);
  }
}
