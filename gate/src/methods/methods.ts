import { type ByImprovements, boundedMean } from "./bounded-mean.ts";
import type { ByDiscordance } from "./mcnemar-exact.ts";
import { mcnemarExact } from "./mcnemar-exact.ts";
import type { Deviation, Method } from "./method.ts";
import { type ByRatio, subsetMeansHall } from "./subset-means-hall.ts";

/** What rows say of two models, and by which method that is to be read. */
export type Evidence = ByDiscordance | ByImprovements | ByRatio;

/** Every method that compares. */
export const methods: { readonly [Name in Evidence["method"]]: Method<Extract<Evidence, { readonly method: Name }>> } =
  {
    "mcnemar-exact": mcnemarExact,
    gaffke: boundedMean,
    "subset-means-hall": subsetMeansHall,
  };

/** The method for some evidence. */
export const methodFor = <Of extends Evidence>({ method }: Of): Method<Of> => methods[method] as unknown as Method<Of>;

/** How much rows differ in what they say. */
export const deviationFor = (evidence: Evidence): Deviation => methodFor(evidence).deviation(evidence);

/** What a method takes for granted, and the cases in which it is known to fail; undefined where nothing was tested. */
export function methodInWords(
  name: string,
): { readonly assumes: string; readonly failsUnder: readonly string[] } | undefined {
  const method = Object.entries(methods).find(([known]) => known === name)?.[1];
  return method && { assumes: method.assumes, failsUnder: method.failsUnder };
}
