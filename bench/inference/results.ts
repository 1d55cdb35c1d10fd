import type { Machine } from "../lib/machine.ts";
import type { Format, Network } from "./servers/server.ts";

/** One server under one load. */
export interface Measured {
  readonly server: string;
  readonly isLimit: boolean;
  readonly network: Network;
  readonly format: Format;
  readonly clients: number;
  readonly rows: number;
  /** The median of the rounds. */
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of the server and its children, a request, in microseconds. */
  readonly cpu: number;
}

/** What a server takes before anybody asks, and after all have. */
export interface Footprint {
  readonly server: string;
  readonly network: Network;
  /** Milliseconds from the start of its process. */
  readonly firstAnswer: number;
  readonly megabytes: number;
}

/** Single rows beside requests of ten thousand. */
export interface BesideLarge {
  readonly server: string;
  readonly alone: { readonly p50: number; readonly p99: number };
  readonly beside: { readonly p50: number; readonly p99: number };
  /** Large requests that were answered meanwhile. */
  readonly large: number;
  /** Milliseconds of readiness under the same load, the slowest of 99 in 100. */
  readonly ready: number;
}

/** A server that is asked again and again. */
export interface Endurance {
  readonly server: string;
  readonly requests: number;
  readonly failed: number;
  /** Resident memory in MB after each tenth. */
  readonly megabytes: readonly number[];
}

export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly measured: readonly Measured[];
  readonly footprints: readonly Footprint[];
  readonly besideLarge: readonly BesideLarge[];
  readonly endurance: readonly Endurance[];
  readonly packageMegabytes: number;
  readonly missing: readonly string[];
}
