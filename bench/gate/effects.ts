import type { Draw, Pair } from "@ratchet/gate/testing";
import { inCommon, lognormalErrors, normalErrors, studentErrors } from "./errors.ts";
import { classifiers, regressions } from "./models.ts";

/** A challenger that is better, by metrics that see it. */
export interface Effect {
  readonly name: string;
  readonly metrics: readonly string[];
  readonly draw: (draw: Draw, rows: number) => Pair;
}

export const effects: readonly Effect[] = [
  {
    name: "a classifier that knows more",
    metrics: ["accuracy", "balanced-accuracy", "macro-f1", "auc", "log-loss", "brier", "cost"],
    draw: (draw, rows) =>
      classifiers(draw, rows, {
        shares: [1 / 3, 1 / 3, 1 / 3],
        challenger: [1.65, 1.65, 1.65],
        champion: [1.5, 1.5, 1.5],
        shared: 0.7,
      }),
  },
  ...[
    { name: "normal errors, a tenth smaller", errors: normalErrors },
    { name: "Student's errors, a tenth smaller", errors: studentErrors },
    { name: "lognormal errors, a tenth smaller", errors: lognormalErrors },
  ].map(
    ({ name, errors }): Effect => ({
      name,
      metrics: ["rmse", "mae"],
      draw: (draw, rows) => regressions(draw, rows, inCommon(errors, 0.7, 0.9)(draw)),
    }),
  ),
];
