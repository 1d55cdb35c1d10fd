import type { ErrorSpread } from "@ratchet/contracts";
import type { RegressionScores } from "../scores.ts";

const shares = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
const steps = 30;

/** What is said minus the label, ascending. */
const sortedErrors = ({ labels, predicted }: RegressionScores): Float64Array =>
  predicted.map((said, row) => said - (labels[row] ?? Number.NaN)).sort();

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))] ?? 0;

function spreadOf(sorted: Float64Array, from: number, to: number): ErrorSpread {
  const rows = new Array<number>(steps).fill(0);
  const width = (to - from) / steps || 1;
  for (const error of sorted) {
    const step = Math.min(steps - 1, Math.max(0, Math.floor((error - from) / width)));
    rows[step] = (rows[step] ?? 0) + 1;
  }
  return {
    quantiles: shares.map((share) => ({ share, error: quantile(sorted, share) })),
    histogram: { from, to, rows },
  };
}

/** How the errors of two regressions are spread, on one scale: the outermost hundredth on either side is in the last step. */
export function errorsOf(challenger: RegressionScores, champion: RegressionScores | undefined) {
  const [own, other] = [sortedErrors(challenger), champion && sortedErrors(champion)];
  const both = other ? [own, other] : [own];
  const from = Math.min(...both.map((sorted) => quantile(sorted, 0.01)));
  const to = Math.max(...both.map((sorted) => quantile(sorted, 0.99)));
  return { challenger: spreadOf(own, from, to), champion: other ? spreadOf(other, from, to) : null };
}
