/** What an address serves, as it says itself. */
export interface Served {
  readonly version: string;
  /** Digest of the inference bundle. */
  readonly code: string;
}

/** What the two slots serve; undefined where nothing answers for the model. */
export interface Observed {
  readonly production: Served | undefined;
  readonly staging: Served | undefined;
}

/** A step on the way of a release into production. */
export type Step = "publish" | "swap" | "done";

export const isSame = (served: Served | undefined, target: Served): boolean =>
  served?.version === target.version && served.code === target.code;

/**
 * What is left to do, by what is there: whoever comes back after half of it goes on from where it was left, and a
 * rollback whose old release still waits in staging is a swap.
 */
export function nextStep({ production, staging }: Observed, target: Served): Step {
  if (isSame(production, target)) return "done";
  return isSame(staging, target) ? "swap" : "publish";
}
