import { bisect } from "./bisect.ts";

/** P(X >= k) for X of a binomial distribution with n trials of probability p. For n below some hundreds. */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  let logChoose = 0;
  let tail = 0;
  for (let successes = 0; successes <= n; successes += 1) {
    if (successes > 0) logChoose += Math.log((n - successes + 1) / successes);
    if (successes >= k) tail += Math.exp(logChoose + successes * Math.log(p) + (n - successes) * Math.log1p(-p));
  }
  return Math.min(1, tail);
}

/**
 * Exact one-sided lower bound of a proportion: the largest p that k or more successes of n would refute at `alpha`.
 * Source: Clopper and Pearson, Biometrika 26, 1934.
 */
export function clopperPearsonLower(k: number, n: number, alpha: number): number {
  return k === 0 ? 0 : bisect(0, 1, (p) => binomialUpperTail(k, n, p) <= alpha);
}
