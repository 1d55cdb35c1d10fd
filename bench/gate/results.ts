import type { Machine } from "../lib/machine.ts";
import type { Rate } from "../lib/rate.ts";
import type { Way } from "./ways.ts";

/** How often each way promotes a challenger that is better, or is not. */
export interface Promotions {
  /** What the models are to each other. */
  readonly models: string;
  readonly metric: string;
  readonly rows: number;
  readonly alpha: number;
  /** How often ours refused to compare, for want of rows. */
  readonly refused: number;
  /** A way that is too slow for so many rows is not there. */
  readonly promoted: Readonly<Partial<Record<Way, Rate>>>;
}

/** Models of which neither is better. */
export interface FalsePromotions extends Promotions {
  /** Whether the method is known to promise too much here. */
  readonly known: boolean;
  /** How likely ours would promote as often as it did where its promise holds. */
  readonly chance: number;
}

/** A challenger that is better in each of 12 slices, or worse in one. */
export interface Slices {
  readonly models: string;
  readonly rows: number;
  readonly byMetricAlone: Rate;
  readonly withSlices: Rate;
}

/** Somebody who trains by what is told of the rows that judge. */
export interface Attack {
  readonly told: string;
  readonly tries: number;
  readonly rows: number;
  /** How often one of its challengers, none of which is any better, was promoted. */
  readonly promoted: Rate;
}

/** What judging takes. */
export interface Costs {
  /** Once both models are scored, with guardrails and slices. Seconds, and how many it may take. */
  readonly judging: readonly {
    readonly metric: string;
    readonly guardrails: readonly string[];
    readonly rows: number;
    readonly slices: number;
    readonly seconds: number;
    readonly limit: number;
  }[];
  /** A verdict as a page. */
  readonly reporting: { readonly milliseconds: number; readonly limit: number };
  /** The most memory of the process that asks two models, each in its own, about so many rows. */
  readonly scoring: readonly { readonly rows: number; readonly megabytes: number }[];
}

export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly rates: readonly FalsePromotions[];
  readonly power: readonly Promotions[];
  readonly slices: readonly Slices[];
  readonly attacks: readonly Attack[];
  readonly costs: Costs;
}
