import { setTimeout as delay } from "node:timers/promises";
import type { ReleaseManifest } from "@ratchet/contracts";
import type { AppService, SlotAddress } from "../gateways/app-service.ts";
import { predictAt, readinessOf, servedAt } from "../gateways/inference-app.ts";
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
export const observe = async ({ staging, production }: Slots, model: string): Promise<Observed> => ({
  staging: await servedAt(staging.site, model),
  production: await servedAt(production.site, model),
});

/**
 * Waits until an address serves a release.
 * @param limit in milliseconds.
 * @returns what is wrong where it does not in time; undefined where it does.
 */
export async function waitUntilServed(
  { site }: SlotAddress,
  release: Served & { readonly model: string },
  limit: number,
  { failed, poll }: Patience,
): Promise<string | undefined> {
  const deadline = Date.now() + limit;
  let failedSince: number | undefined;
  for (;;) {
    const readiness = await readinessOf(site);
    let why = readiness.state === "ready" ? "" : readiness.why;
    if (readiness.state === "ready") {
      const served = await servedAt(site, release.model);
      if (isSame(served, release)) return undefined;
      why = served
        ? `it serves version ${served.version} with code ${served.code}`
        : `it does not serve ${release.model}`;
    }
    failedSince = readiness.state === "failed" ? (failedSince ?? Date.now()) : undefined;
    if (failedSince !== undefined && Date.now() - failedSince >= failed) return why;
    if (Date.now() > deadline) return `it was not ready after ${limit / 1000} s: ${why}`;
    await delay(poll);
  }
}

/** Why an address does not predict as the release must, by its golden predictions; undefined where it does. */
export async function faultOf(
  { site }: SlotAddress,
  { model, version, golden, signature }: ReleaseManifest,
): Promise<string | undefined> {
  try {
    const answer = await predictAt(site, model, golden, signature);
    if (answer.version !== version) return `it answers as version ${String(answer.version)}`;
    return differenceFrom(golden, answer.values);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
