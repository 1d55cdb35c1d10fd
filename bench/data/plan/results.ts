import type { Counts } from "@ratchet/datasets/plan/counts";
import type { Machine } from "../../lib/machine.ts";

/** What is done with all of the indexes; `merge` makes one of them, which is not written. */
export const works = ["read", "plan by hash", "plan by time", "merge"] as const;
export type Work = (typeof works)[number];

/** One round of a work, in a process of its own. */
export interface Worked {
  readonly records: number;
  readonly seconds: number;
  /** Of the processor, by all threads: what it takes however busy the machine is. */
  readonly cpuSeconds: number;
  /** Resident memory before the work, and at most. */
  readonly bytesAtRest: number;
  readonly peakBytes: number;
  readonly counts?: Counts;
}

/** The median round of a work, and the highest peak of its rounds. */
export interface Measured extends Worked {
  readonly work: Work;
  readonly rounds: number;
}

/** All works on so many rows. */
export interface Size {
  readonly rows: number;
  readonly batches: number;
  readonly bytes: number;
  readonly measured: readonly Measured[];
}

/** All of one run, as it is written to `results/data-plan.json`. */
export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly sizes: readonly Size[];
}
