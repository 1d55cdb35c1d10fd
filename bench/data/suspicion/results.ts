import type { Machine } from "../../lib/machine.ts";
import type { Rate } from "../../lib/rate.ts";

/** Batches of a table that are like the rows before them. */
export interface Clean {
  readonly table: string;
  readonly rows: number;
  readonly rowsBefore: number;
  /** How often a batch stands out, by the usual policy: promised is at most `alpha`. */
  readonly standsOut: Rate;
  /** How often one would with thresholds of nothing: what the tests alone promise. */
  readonly byChanceAlone: Rate;
}

/** Batches to which something was done. */
export interface Poisoned {
  readonly table: string;
  readonly rows: number;
  readonly poisoning: string;
  readonly found: Rate;
  /** What the heaviest finding was about, most often. */
  readonly as: string;
}

export interface Cost {
  readonly table: string;
  readonly columns: number;
  readonly rows: number;
  /** Of a row, in microseconds: to read it from CSV against its schema, and to profile what was read. */
  readonly reading: number;
  readonly profiling: number;
  /** Of a whole comparison, and of merging one profile with another, in milliseconds. */
  readonly comparing: number;
  readonly merging: number;
  /** Of the profile as JSON. */
  readonly bytes: number;
}

/** All of one run, as it is written to `results/data-suspicion.json`. */
export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly alpha: number;
  readonly clean: readonly Clean[];
  readonly poisoned: readonly Poisoned[];
  readonly costs: readonly Cost[];
}
