import type { ReleaseManifest } from "@ratchet/contracts";
import { isTransient, type Log, PermanentError } from "@ratchet/messaging";
import type { AppService, SlotAddress } from "../gateways/app-service.ts";
import type { InferenceApp } from "../gateways/inference-app.ts";
import type { Package } from "../package/package.ts";
import { nextStep, type Served } from "./next-step.ts";
import { faultOf, observe, slotsOf, waitUntilServed } from "./observe.ts";
import type { Patience } from "./patience.ts";

/** The release does not serve from the staging slot as it should; production was not touched. */
export class StagingError extends PermanentError {
  override readonly name = "StagingError";
}

/** The release does not serve from production as it should. */
export class VerificationError extends PermanentError {
  override readonly name = "VerificationError";
  readonly why: string;
  /** The release that serves again; undefined where there was none to put back. */
  readonly restored: Served | undefined;

  constructor(release: Served, why: string, restored: Served | undefined) {
    const after = restored ? `version ${restored.version} serves again` : "there was no release before it to put back";
    super(`version ${release.version} failed in production: ${why}; ${after}`);
    this.why = why;
    this.restored = restored;
  }
}

/** A function app, and what it takes to change what it serves. */
export interface ProductionSite {
  readonly app: string;
  readonly appService: AppService;
  readonly inferenceApp: InferenceApp;
  readonly patience: Patience;
  /** About the release: it binds app, version and code. */
  readonly log: Log;
}

/** Publishes a package to staging and waits until it is ready there. */
async function publish(
  { appService, inferenceApp, patience, log }: ProductionSite,
  { manifest, bytes }: Package,
  staging: SlotAddress,
): Promise<void> {
  await appService.publish(staging, bytes);
  log.info("published to staging");
  const why = await waitUntilServed(inferenceApp, staging, manifest, patience.ready, patience);
  if (why !== undefined) throw new StagingError(`version ${manifest.version} does not come up in staging: ${why}`);
}

/** The smoke test: what serves from staging predicts as it must. */
async function prove({ inferenceApp }: ProductionSite, manifest: ReleaseManifest, staging: SlotAddress): Promise<void> {
  const fault = await faultOf(inferenceApp, staging, manifest);
  if (fault !== undefined) throw new StagingError(`version ${manifest.version} fails its smoke test: ${fault}`);
}

/** Gives the release in staging the traffic. */
async function swap({ app, appService, log }: ProductionSite): Promise<void> {
  await appService.swap(app);
  log.info("swapped into production");
}

/** Why production does not serve the release as it must; undefined where it does. */
async function verify(
  { inferenceApp, patience }: ProductionSite,
  manifest: ReleaseManifest,
  production: SlotAddress,
): Promise<string | undefined> {
  return (
    (await waitUntilServed(inferenceApp, production, manifest, patience.verify, patience)) ??
    (await faultOf(inferenceApp, production, manifest))
  );
}

/** Puts back what served before; gives it, or undefined where there was nothing. */
async function swapBack(
  { app, appService, inferenceApp, patience }: ProductionSite,
  former: (Served & { readonly model: string }) | undefined,
  production: SlotAddress,
): Promise<Served | undefined> {
  if (!former) return undefined;
  await appService.swap(app);
  const why = await waitUntilServed(inferenceApp, production, former, patience.verify, patience);
  if (why !== undefined) throw new Error(`version ${former.version} was swapped back and does not answer: ${why}`);
  return { version: former.version, code: former.code };
}

/**
 * The way a release gets traffic: publish to staging, prove it there, swap, verify. Done by halves and again, it goes on
 * where it was left. Until the swap production is not touched; a release that fails after it is swapped out again.
 * @returns the address that it serves from.
 * @throws {UnknownAppError} when there is no such app, or it has no staging slot.
 * @throws {PublishError} when the deployment service does not take the package.
 * @throws {StagingError} when it does not serve from staging as it should.
 * @throws {VerificationError} when it does not serve from production as it should.
 */
export async function putIntoProduction(site: ProductionSite, release: Package): Promise<string> {
  const { manifest } = release;
  const { model } = manifest;
  const { staging, production } = await slotsOf(site.appService, site.app);
  const observed = await observe(site.inferenceApp, { staging, production }, model);
  const step = nextStep(observed, manifest);
  if (step === "publish") await publish(site, release, staging);
  if (step !== "done") {
    await prove(site, manifest, staging);
    await swap(site);
  }
  const why = await verify(site, manifest, production);
  if (why === undefined) return production.site;

  site.log.error("the release fails in production; swapping back", { why });
  const former = step === "done" ? observed.staging : observed.production;
  const restored = await swapBack(site, former && { model, ...former }, production).catch((error: unknown) => {
    if (isTransient(error)) throw error;
    throw new VerificationError(manifest, `${why}; swapping back failed too: ${String(error)}`, undefined);
  });
  throw new VerificationError(manifest, why, restored);
}
