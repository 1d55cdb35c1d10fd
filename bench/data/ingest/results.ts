import type { Machine } from "../../lib/machine.ts";
import type { TableName } from "./tables.ts";

export const formats = ["csv", "parquet"] as const;
export type Format = (typeof formats)[number];

/** Who takes a file in; each but the last on one core. */
export const tools = ["ratchet", "pandas", "duckdb", "duckdb on all cores"] as const;
export type Tool = (typeof tools)[number];

/** One taking-in, in a process of its own. Its start does not count. */
export interface Taken {
  readonly rows: { readonly train: number; readonly holdout: number };
  readonly seconds: number;
  /** Of the processor, by all threads: what it takes however busy the machine is. */
  readonly cpuSeconds: number;
  /** The most resident memory. */
  readonly peakBytes: number;
  /** SHA-256 of the two files that Ratchet writes: the same from each format. */
  readonly digests?: readonly string[];
}

/** The median round, and the highest peak of all. */
export interface Measured extends Taken {
  readonly tool: Tool;
  readonly rounds: number;
}

/** A file, and all who have taken it in. */
export interface FileResult {
  readonly table: TableName;
  readonly format: Format;
  /** Of the file, and of the same rows as CSV. */
  readonly bytes: number;
  readonly csvBytes: number;
  readonly rows: number;
  /** Of the schema. */
  readonly columns: number;
  readonly measured: readonly Measured[];
}

/** All of one run, as it is written to `results/data-ingest.json`. */
export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  /** What was not measured, and why. */
  readonly skipped: readonly string[];
  readonly files: readonly FileResult[];
}
