import { setTimeout } from "node:timers/promises";

/** How long things may take, in milliseconds. */
export interface Patience {
  /** From published to ready. */
  readonly ready: number;
  /** From swapped to answering. */
  readonly verify: number;
  /** How long an app may say that it has failed before it is believed: the one before may still be answering. */
  readonly failed: number;
  /** Between two looks. */
  readonly poll: number;
  /** The time, in milliseconds. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export const defaultPatience: Patience = {
  ready: 300_000,
  verify: 60_000,
  failed: 10_000,
  poll: 100,
  clock: Date.now,
  sleep: setTimeout,
};
