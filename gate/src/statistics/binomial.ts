import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

/** P(X >= k) for X of a binomial distribution with n trials of probability p. */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  // Counted from the other end: 1 less a number near 1 would keep few digits of a small tail.
  return binomialCdf(n - k, n, 1 - p);
}

/**
 * Exact one-sided lower bound of a proportion: the largest p that k or more successes of n would refute at `alpha`.
 * Source: Clopper and Pearson, Biometrika 26, 1934.
 */
export const clopperPearsonLower = (k: number, n: number, alpha: number): number =>
  k === 0 ? 0 : betaQuantile(alpha, k, n - k + 1);
