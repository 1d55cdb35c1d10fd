import type { ReleaseManifest } from "@ratchet/contracts";
import type { AppService, SlotAddress } from "../gateways/app-service.ts";
import type { InferenceApp } from "../gateways/inference-app.ts";
import { differenceFrom } from "./golden.ts";
import { isSame, type Observed, type Served } from "./next-step.ts";
import type { Patience } from "./patience.ts";

/** Where an app's two slots can be reached. */
export interface Slots {
  readonly staging: SlotAddress;
  readonly production: SlotAddress;
}

/** @throws {UnknownAppError} when there is no such app, or it has no staging slot. */
export const slotsOf = async (appService: AppService, app: string): Promise<Slots> => ({
  staging: await appService.slot(app, "staging"),
  production: await appService.slot(app, "production"),
});

/** What the two slots serve of a model. */
export const observe = async (
  inferenceApp: InferenceApp,
  { staging, production }: Slots,
  model: string,
): Promise<Observed> => ({
  staging: await inferenceApp.served(staging.site, model),
  production: await inferenceApp.served(production.site, model),
});

/**
 * Waits until an address serves a release.
 * @param limit in milliseconds.
 * @returns what is wrong where it does not in time; undefined where it does.
 */
export async function waitUntilServed(
  inferenceApp: InferenceApp,
  { site }: SlotAddress,
  release: Served & { readonly model: string },
  limit: number,
  { failed, poll, clock, sleep }: Patience,
): Promise<string | undefined> {
  const deadline = clock() + limit;
  let failedSince: number | undefined;
  for (;;) {
    const readiness = await inferenceApp.readiness(site);
    let why = readiness.state === "ready" ? "" : readiness.why;
    if (readiness.state === "ready") {
      const served = await inferenceApp.served(site, release.model);
      if (isSame(served, release)) return undefined;
      why = served
        ? `it serves version ${served.version} with code ${served.code}`
        : `it does not serve ${release.model}`;
    }
    failedSince = readiness.state === "failed" ? (failedSince ?? clock()) : undefined;
    if (failedSince !== undefined && clock() - failedSince >= failed) return why;
    if (clock() > deadline) return `it was not ready after ${limit / 1000} s: ${why}`;
    await sleep(poll);
  }
}

/** Why an address does not predict as the release must, by its golden predictions; undefined where it does. */
export async function faultOf(
  inferenceApp: InferenceApp,
  { site }: SlotAddress,
  { model, version, golden, signature }: ReleaseManifest,
): Promise<string | undefined> {
  try {
    const answer = await inferenceApp.predict(site, model, golden, signature);
    if (answer.version !== version) return `it answers as version ${String(answer.version)}`;
    return differenceFrom(golden, answer.values);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
