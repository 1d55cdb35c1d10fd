import type { Evidence } from "../methods/methods.ts";
import type { Scores } from "../scores.ts";

/** Both models' scores of the same rows in the same order. */
export interface Pair<Of extends Scores = Scores> {
  readonly challenger: Of;
  readonly champion: Of;
}

/** What each row says of how much better the challenger is, and of how much better the champion is: the same, mirrored. */
export interface BothWays {
  readonly better: Evidence;
  readonly worse: Evidence;
}

/** A number by which models of a task are measured, and how two of them are compared by it. */
export interface Metric<Of extends Scores> {
  /** Its value; undefined where the scores do not carry it. */
  readonly measure: (scores: Of) => number | undefined;
  /** What rows say in the metric's unit; undefined where scores do not carry it. */
  readonly compare: (pair: Pair<Of>) => BothWays | undefined;
  /** What is compared where that is not the value itself, and how it differs. */
  readonly comparedAs?: { readonly measure: Metric<Of>["measure"]; readonly note: string };
}

/** What metrics are made of beside scores, as far as a gate says. */
export interface Parameters {
  /** The indices of classes that have a metric of their own, by their names. */
  readonly classes?: Readonly<Record<string, number>> | undefined;
  /** What it costs to say the column's class of a row that is of the row's class. */
  readonly costs?: readonly (readonly number[])[] | undefined;
}

/** Makes evidence from either side in the same way, so that neither is at an advantage. */
export const bothWays = <Of>(own: Of, other: Of, evidence: (own: Of, other: Of) => Evidence): BothWays => ({
  better: evidence(own, other),
  worse: evidence(other, own),
});

export const at = (values: Float64Array | Int32Array | Float32Array, index: number): number => values[index] ?? 0;

export const mean = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** How much more there is in one of two equally long lists than in the other. */
export const less = (one: Float64Array, other: Float64Array): Float64Array =>
  one.map((value, index) => value - at(other, index));
