import { type Draw, normal, type Pair } from "@ratchet/gate/testing";
import { inCommon, lognormalErrors, normalErrors, studentErrors } from "./errors.ts";
import { bySureness, classifiers, regressions } from "./models.ts";

/** Two models of which neither is better by a metric, though they differ in every row. */
export interface Null {
  readonly name: string;
  /** Those by which neither is better. */
  readonly metrics: readonly string[];
  readonly draw: (draw: Draw, rows: number) => Pair;
  /** Whether the method is known to promise too much here, and says so under `failsUnder`. */
  readonly known?: boolean;
}

const ofClasses = [
  "accuracy",
  "balanced-accuracy",
  "macro-f1",
  "f1(b)",
  "auc",
  "log-loss",
  "brier",
  "calibration-error",
  "cost",
];
const ofNumbers = ["rmse", "mae", "quantile-loss(0.9)", "r2"];

const even = [1 / 3, 1 / 3, 1 / 3];
const alike = (shares: readonly number[], shared: number) => (draw: Draw, rows: number) => {
  const skill = shares.map(() => 1.5);
  return classifiers(draw, rows, { shares, challenger: skill, champion: skill, shared });
};

/** How sure a model is of the label in most rows, that in `share` of them is less sure by `drop`, with the same mean loss. */
const madeUp = (sure: number, { share, drop }: { readonly share: number; readonly drop: number }) => ({
  brier: 1 - Math.sqrt(((1 - sure) ** 2 - share * (1 - sure + drop) ** 2) / (1 - share)),
  "log-loss": Math.exp((Math.log(sure) - share * Math.log(sure - drop)) / (1 - share)),
});

const seldomWorse =
  (metric: "brier" | "log-loss", share: number, drop: number) =>
  (draw: Draw, rows: number): Pair =>
    bySureness(draw, rows, () => {
      const champion = 0.7 + (draw(1000) / 1000) * 0.1;
      const isWorse = draw(1_000_000) < share * 1_000_000;
      return [isWorse ? champion - drop : madeUp(champion, { share, drop })[metric], champion];
    });

const regressionsOf =
  (errors: (draw: Draw) => () => readonly [number, number]) =>
  (draw: Draw, rows: number): Pair =>
    regressions(draw, rows, errors(draw));

// Not cost, where one mistake is dearer than the other.
const trade = ["accuracy", "balanced-accuracy", "macro-f1", "auc", "log-loss", "brier"];

export const nulls: readonly Null[] = [
  { name: "as good, three classes", metrics: ofClasses, draw: alike(even, 0.5) },
  { name: "as good, one row in 10 of the class", metrics: ofClasses, draw: alike([0.9, 0.1], 0.5) },
  { name: "as good, and nearly the same errors", metrics: ofClasses, draw: alike(even, 0.95) },
  {
    name: "better in one class, worse in the other",
    metrics: trade,
    draw: (draw, rows) =>
      classifiers(draw, rows, { shares: [0.5, 0.5], challenger: [2, 1], champion: [1, 2], shared: 0.5 }),
  },
  ...(["brier", "log-loss"] as const).flatMap((metric): readonly Null[] => [
    { name: "much worse in 1 % of rows", metrics: [metric], draw: seldomWorse(metric, 0.01, 0.65) },
    { name: "worse in 3 % of rows", metrics: [metric], draw: seldomWorse(metric, 0.03, 0.5) },
  ]),
  { name: "normal errors", metrics: ofNumbers, draw: regressionsOf(inCommon(normalErrors, 0.5)) },
  { name: "errors of Student's t, 3 degrees", metrics: ofNumbers, draw: regressionsOf(inCommon(studentErrors, 0.9)) },
  { name: "lognormal errors", metrics: ofNumbers, draw: regressionsOf(inCommon(lognormalErrors, 0.5)) },
  {
    name: "2.1 times the error in 5 % of rows",
    metrics: ["rmse"],
    known: true,
    draw: regressionsOf((draw) => () => {
      const size = draw(100) < 5 ? 2.1 : Math.sqrt((1 - 0.05 * 2.1 ** 2) / 0.95);
      return [size * normal(draw), normal(draw)];
    }),
  },
  ...(["rmse", "mae"] as const).map((metric): Null => {
    const size =
      metric === "rmse"
        ? Math.sqrt(normalErrors.squared / studentErrors.squared)
        : normalErrors.absolute / studentErrors.absolute;
    return {
      name: "heavier tails than the champion's",
      metrics: [metric],
      known: true,
      draw: regressionsOf((draw) => () => [size * studentErrors.one(draw), normal(draw)]),
    };
  }),
];
