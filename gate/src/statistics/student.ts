import cdf from "@stdlib/stats-base-dists-t-cdf";
import quantile from "@stdlib/stats-base-dists-t-quantile";

/** Quantile of Student's distribution. */
export const studentQuantile = (p: number, degrees: number): number => quantile(p, degrees);

/** P(T >= t) of Student's distribution. */
export const studentUpperTail = (t: number, degrees: number): number => cdf(-t, degrees);
