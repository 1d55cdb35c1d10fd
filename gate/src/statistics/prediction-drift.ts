import type { Pair } from "../metrics/metric.ts";
import type { ClassifierScores, RegressionScores } from "../scores.ts";

const cells = 10;

/** How many of values fall into each class. */
function countsOfClasses({ predicted, classes }: ClassifierScores): Float64Array {
  const counts = new Float64Array(classes);
  for (const index of predicted) (counts[index] as number) += 1;
  return counts;
}

/** How many of values fall between bounds in rising order. */
function countsBetween(values: Float64Array, bounds: readonly number[]): Float64Array {
  const counts = new Float64Array(bounds.length + 1);
  for (const value of values) {
    const cell = bounds.findIndex((bound) => value <= bound);
    (counts[cell === -1 ? bounds.length : cell] as number) += 1;
  }
  return counts;
}

/** Bounds between which as many of the values lie each, as far as they differ. */
function bounds({ predicted }: RegressionScores): readonly number[] {
  const sorted = predicted.slice().sort();
  const places = Array.from({ length: cells - 1 }, (_, cell) => Math.floor(((cell + 1) * sorted.length) / cells) - 1);
  return [...new Set(places.map((place) => sorted[Math.max(0, place)] as number))];
}

/** Half a row is added to each cell, so that one that is empty in one of both has a logarithm. */
function stability(own: Float64Array, other: Float64Array, rows: number): number {
  const all = rows + own.length / 2;
  return own.reduce((sum, count, cell) => {
    const [p, q] = [(count + 0.5) / all, ((other[cell] as number) + 0.5) / all];
    return sum + (p - q) * Math.log(p / q);
  }, 0);
}

/**
 * By how much two models' predictions of the same rows are spread otherwise: the population stability index over classes, or
 * over tenths of the champion's values. 0 where they are spread alike, whichever rows they are of.
 * Source: N. Siddiqi, Credit risk scorecards, 2006; S. Kullback, R. Leibler, On information and sufficiency, 1951 (J divergence).
 */
export function predictionDrift({ challenger, champion }: Pair): number {
  if (challenger.task === "classification" && champion.task === "classification")
    return stability(countsOfClasses(challenger), countsOfClasses(champion), challenger.rows);
  if (challenger.task === "regression" && champion.task === "regression") {
    const between = bounds(champion);
    return stability(
      countsBetween(challenger.predicted, between),
      countsBetween(champion.predicted, between),
      challenger.rows,
    );
  }
  throw new TypeError("two models of different tasks have no predictions in common");
}
