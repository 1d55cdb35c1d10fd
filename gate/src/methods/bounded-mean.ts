import { gaffkeLower, gaffkeP, type Tally, tally } from "../statistics/gaffke.ts";
import { deviationOf, type Method, type Rarest, tooFew } from "./method.ts";

/** What each row says of the improvement, which is their mean. */
export interface ByImprovements {
  readonly method: "gaffke";
  readonly improvements: Tally;
  /** As bad as a row may be, whether one was seen or not. */
  readonly worst: number;
  /** The class with the fewest rows, where the metric is one of classes. */
  readonly rarest: Rarest | undefined;
}

export function byImprovements(improvements: Float64Array, worst: number, rarest?: Rarest): ByImprovements {
  const tallied = tally(improvements);
  // What comes of rounding is no reason to find a row impossible.
  return { method: "gaffke", improvements: tallied, worst: Math.min(worst, tallied.values[0] ?? worst), rarest };
}

/** Whether the models are the same to every row. */
const saysNothing = ({ values }: Tally): boolean => values.length === 1 && values[0] === 0;

/**
 * A mean of what has bounds that are known beforehand. Nothing else is taken for granted: that a bad row was not seen among few is
 * no proof that there is none, so the test adds one that is as bad as may be.
 */
export const boundedMean: Method<ByImprovements> = {
  name: "gaffke",
  assumes:
    "Rows are independent of each other. A metric that is no mean over rows (F1, balanced accuracy, AUC, calibration error) is taken for one near where it is, which was measured to do from 100 rows and 10 of each class on.",
  failsUnder: [],
  tooFew: ({ improvements: { rows }, rarest }) => tooFew({ rows, rarest }),
  test: ({ improvements, worst }) =>
    saysNothing(improvements)
      ? { lowerBound: () => 0, probability: (effect) => (effect < 0 ? 0 : 1) }
      : {
          lowerBound: (alpha) => gaffkeLower(improvements, worst, alpha),
          probability: (effect) => gaffkeP(improvements, worst, effect),
        },
  deviation: ({ improvements: { values, counts } }) => deviationOf(values, counts),
};
