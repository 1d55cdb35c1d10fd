import type { Release, ReleaseManifest } from "@ratchet/contracts";
import { isSame, wordsOf } from "../deployment/goal.ts";
import type { InferenceApp } from "../gateways/inference-app.ts";
import { differenceFrom } from "./golden.ts";

/** How a release serves from an address. */
export type Check =
  | { readonly kind: "right" }
  /** It answers, and not as it must: to wait does not help. */
  | { readonly kind: "wrong"; readonly why: string }
  /** It says that it has failed. */
  | { readonly kind: "failed"; readonly why: string }
  /** Another release serves there. */
  | { readonly kind: "other"; readonly why: string }
  /** Nothing of the model serves there. */
  | { readonly kind: "none"; readonly why: string }
  | { readonly kind: "not-yet"; readonly why: string }
  | { readonly kind: "unreachable"; readonly why: string };

/** Whether an address predicts as a release must, by its golden predictions. */
async function prove(
  inferenceApp: InferenceApp,
  site: string,
  { model, version, golden, signature }: ReleaseManifest,
): Promise<Check> {
  const predictions = await inferenceApp.predict(site, model, golden, signature);
  if (predictions.kind === "unknown") return { kind: "not-yet", why: predictions.why };
  if (predictions.kind === "refused") return { kind: "wrong", why: predictions.why };
  // Just after a change one instance of the app may answer for another.
  if (predictions.version !== version)
    return { kind: "other", why: `it answers as version ${String(predictions.version)}` };
  const difference = differenceFrom(golden, predictions.values);
  return difference === undefined ? { kind: "right" } : { kind: "wrong", why: difference };
}

/**
 * Whether an address serves a release as it must.
 * @param manifest reads what the release should predict; asked only where it serves.
 */
export async function checkServing(
  inferenceApp: InferenceApp,
  site: string,
  model: string,
  release: Release,
  manifest: () => Promise<ReleaseManifest>,
): Promise<Check> {
  const readiness = await inferenceApp.readiness(site);
  if (readiness.kind === "starting") return { kind: "not-yet", why: readiness.why };
  if (readiness.kind !== "ready") return readiness;
  const serving = await inferenceApp.served(site, model);
  if (serving.kind === "unknown") return { kind: "not-yet", why: serving.why };
  if (serving.kind === "none") return { kind: "none", why: wordsOf(serving) };
  if (!isSame(serving, release)) return { kind: "other", why: wordsOf(serving) };
  return prove(inferenceApp, site, await manifest());
}
