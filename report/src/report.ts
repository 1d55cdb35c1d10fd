import type { Comparison, Decision, VerdictDetails } from "@ratchet/contracts";

/** A comparison with what it is of, as a line of a table. */
export interface ReportedComparison extends Comparison {
  /** What it is of, e.g. `rmse` or `accuracy where island is Biscoe`. */
  readonly title: string;
  readonly margin?: number | undefined;
  /** Whether it is kept; undefined of what nothing is asked. */
  readonly held?: boolean | undefined;
}

/** One fact of a list: its name, and what it is. */
export type Fact = readonly [name: string, value: string];

/** A judgement of the same model before this one. */
export interface FormerJudgement {
  readonly version: string;
  readonly champion: string | null;
  readonly decision: Decision;
  readonly reason: string;
  readonly at: string;
}

/** All that a report tells, under the headings of a model card (Mitchell et al., Model Cards for Model Reporting, 2019). */
export interface Report {
  readonly title: string;
  readonly decision: Decision;
  /** In words and numbers, the deciding one first. */
  readonly reasons: readonly string[];
  readonly at: string;
  readonly challenger: string;
  readonly champion: string | null;
  readonly rows: number;
  readonly model: readonly Fact[];
  readonly evaluationData: readonly Fact[];
  readonly trainingData: readonly Fact[];
  readonly primary: ReportedComparison | undefined;
  readonly guardrails: readonly ReportedComparison[];
  readonly slices: readonly ReportedComparison[];
  /** What is limited beside quality, in words, and whether it is kept. */
  readonly limits: readonly { readonly words: string; readonly held: boolean }[];
  /** Metrics that were measured and not compared. */
  readonly measured: readonly {
    readonly name: string;
    readonly challenger: number;
    readonly champion: number | null;
  }[];
  readonly details: VerdictDetails | undefined;
  /** What the method takes for granted, and where it is known to fail. */
  readonly method:
    | { readonly name: string; readonly assumes: string; readonly failsUnder: readonly string[] }
    | undefined;
  readonly policy: readonly Fact[];
  /** The newest first. */
  readonly history: readonly FormerJudgement[];
}
