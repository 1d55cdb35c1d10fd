import { betaLower, gammaUpper, logGamma } from "./special.ts";

/** P(X >= x) for X of a chi-square distribution. */
export const chiSquareTail = (x: number, degrees: number): number => gammaUpper(degrees / 2, x / 2);

/** P(T <= t) for T of Student's distribution, exact in its lower tail. */
export function studentLower(t: number, degrees: number): number {
  const both = betaLower(degrees / 2, 0.5, degrees / (degrees + t * t));
  return t <= 0 ? both / 2 : 1 - both / 2;
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/**
 * P(X >= k), where X of the `marked` are among `drawn` that are drawn by lot of `all`: Fisher's exact test, one side of it.
 */
export function hypergeometricTail(k: number, all: number, marked: number, drawn: number): number {
  const least = Math.max(0, marked + drawn - all);
  const most = Math.min(marked, drawn);
  if (k <= least) return 1;
  if (k > most) return 0;
  const mean = (marked * drawn) / all;
  // The side with fewer to add is the smaller one, unless the observed number is below the mean.
  if (k <= mean) return 1 - hypergeometricTail(drawn - k + 1, all, all - marked, drawn);
  let term = Math.exp(logChoose(marked, k) + logChoose(all - marked, drawn - k) - logChoose(all, drawn));
  let sum = term;
  for (let x = k; x < most && term > sum * 1e-16; x += 1) {
    term *= ((marked - x) * (drawn - x)) / ((x + 1) * (all - marked - drawn + x + 1));
    sum += term;
  }
  return Math.min(1, sum);
}

/** Both sides of it: twice the smaller. */
export const hypergeometricTwoSided = (k: number, all: number, marked: number, drawn: number): number =>
  Math.min(
    1,
    2 * hypergeometricTail(k, all, marked, drawn),
    2 * hypergeometricTail(drawn - k, all, all - marked, drawn),
  );
