import type { RegressionScores } from "../scores.ts";
import { meanError } from "./mean-error.ts";
import type { Metric } from "./metric.ts";

/**
 * The pinball loss of a prediction of a quantile: what is predicted too low by 1 costs q, too high 1 - q.
 * Source: R. Koenker and G. Bassett, Regression quantiles, Econometrica 46, 1978.
 */
export const quantileLoss = (quantile: number): Metric<RegressionScores> =>
  meanError((error) => (error > 0 ? (1 - quantile) * error : -quantile * error));
