import { setTimeout as delay } from "node:timers/promises";
import type { GoldenPredictions, Signature } from "@ratchet/contracts";
import { isTransient, type Log, PermanentError } from "@ratchet/messaging";
import type { AppService, SlotAddress } from "./gateways/app-service.ts";
import { predictAt, readinessOf, servedAt } from "./gateways/inference-app.ts";
import { differenceFrom } from "./golden.ts";
import { isSame, nextStep, type Served } from "./next-step.ts";

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

  constructor(target: Served, why: string, restored: Served | undefined) {
    const after = restored ? `version ${restored.version} serves again` : "there was no release before it to put back";
    super(`version ${target.version} failed in production: ${why}; ${after}`);
    this.why = why;
    this.restored = restored;
  }
}

/** How long things may take, in milliseconds. */
export interface Patience {
  /** From published to ready. */
  readonly ready: number;
  /** From swapped to answering. */
  readonly verify: number;
  /** How long an app may say that it has failed before it is believed: the one before may still be answering. */
  readonly failed: number;
  readonly poll: number;
}

export const defaultPatience: Patience = { ready: 300_000, verify: 60_000, failed: 10_000, poll: 100 };

/** A release with what proves that it is itself. */
export interface Target extends Served {
  readonly model: string;
  readonly golden: GoldenPredictions;
  readonly signature: Signature;
  /** The package to publish, where it has to be. */
  package(): Promise<Uint8Array>;
}

export interface ProductionSite {
  readonly app: string;
  readonly service: AppService;
  readonly patience: Patience;
  readonly log: Log;
}

/** Why an app does not serve the release by its golden predictions; undefined where it does. */
async function faultOf(site: string, target: Target): Promise<string | undefined> {
  try {
    const { version, values } = await predictAt(site, target.model, target.golden, target.signature);
    if (version !== target.version) return `it answers as version ${String(version)}`;
    return differenceFrom(target.golden, values);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Waits until an address serves a release; gives what is wrong where it does not in time. */
async function waitFor(
  { site }: SlotAddress,
  target: Pick<Target, "model" | "version" | "code">,
  limit: number,
  { failed, poll }: Patience,
): Promise<string | undefined> {
  const deadline = Date.now() + limit;
  let failedSince: number | undefined;
  for (;;) {
    const readiness = await readinessOf(site);
    let why = readiness.state === "ready" ? "" : readiness.why;
    if (readiness.state === "ready") {
      const served = await servedAt(site, target.model);
      if (isSame(served, target)) return undefined;
      why = served
        ? `it serves version ${served.version} with code ${served.code}`
        : `it does not serve ${target.model}`;
    }
    failedSince = readiness.state === "failed" ? (failedSince ?? Date.now()) : undefined;
    if (failedSince !== undefined && Date.now() - failedSince >= failed) return why;
    if (Date.now() > deadline) return `it was not ready after ${limit / 1000} s: ${why}`;
    await delay(poll);
  }
}

/** Puts back what served before. */
async function swapBack(
  { app, service, patience }: ProductionSite,
  production: SlotAddress,
  model: string,
  former: Served | undefined,
): Promise<Served | undefined> {
  if (!former) return undefined;
  await service.swap(app);
  const why = await waitFor(production, { model, ...former }, patience.verify, patience);
  if (why !== undefined) throw new Error(`version ${former.version} was swapped back and does not answer: ${why}`);
  return former;
}

/**
 * Puts a release into production: publish to staging, wait until it is ready, smoke-test, swap, verify. Done by halves
 * and again, it goes on where it was left. Until the swap production is not touched; a release that fails after it is
 * swapped out again.
 * @returns the address that it serves from.
 * @throws {StagingError}, {VerificationError}, {PublishError}, {UnknownAppError}
 */
export async function putIntoProduction(target: Target, at: ProductionSite): Promise<string> {
  const { app, service, patience, log } = at;
  const { model, version, code } = target;
  const [staging, production] = [await service.slot(app, "staging"), await service.slot(app, "production")];
  const observed = {
    staging: await servedAt(staging.site, model),
    production: await servedAt(production.site, model),
  };
  const step = nextStep(observed, { version, code });
  if (step === "publish") {
    await service.publish(staging, await target.package());
    log.info("published to staging", { app, version, code });
    const why = await waitFor(staging, target, patience.ready, patience);
    if (why !== undefined) throw new StagingError(`version ${version} does not come up in staging: ${why}`);
  }
  if (step !== "done") {
    const fault = await faultOf(staging.site, target);
    if (fault !== undefined) throw new StagingError(`version ${version} fails its smoke test: ${fault}`);
    await service.swap(app);
    log.info("swapped into production", { app, version, code });
  }
  const unverified =
    (await waitFor(production, target, patience.verify, patience)) ?? (await faultOf(production.site, target));
  if (unverified === undefined) return production.site;

  log.error("the release fails in production; swapping back", { app, version, why: unverified });
  const former = step === "done" ? observed.staging : observed.production;
  const restored = await swapBack(at, production, model, former).catch((error: unknown) => {
    if (isTransient(error)) throw error;
    throw new VerificationError(target, `${unverified}; swapping back failed too: ${String(error)}`, undefined);
  });
  throw new VerificationError(target, unverified, restored);
}
