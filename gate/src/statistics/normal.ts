import cdf from "@stdlib/stats-base-dists-normal-cdf";
import quantile from "@stdlib/stats-base-dists-normal-quantile";

/** Standard normal distribution function. */
export const normalCdf = (x: number): number => cdf(x, 0, 1);

/** Quantile of the standard normal distribution. */
export const normalQuantile = (p: number): number => quantile(p, 0, 1);
