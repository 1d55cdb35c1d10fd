import type { DeploymentRecord } from "@ratchet/contracts";
import { sayStuck } from "@ratchet/messaging";
import { PublishError } from "../gateways/app-service.ts";
import { readKeptPackage } from "../package/kept-package.ts";
import { moveDeployment } from "../stores.ts";
import type { Begun, Outcome } from "./deployment.ts";
import { eventsOfFailure } from "./events-of.ts";
import { goalOf } from "./goal.ts";
import { state } from "./kept-event.ts";
import { nextLook } from "./limits.ts";
import { lookAgainOrSay, type Step } from "./next-step.ts";
import { nameOfPublication } from "./publication.ts";
import { recordChampion } from "./record-champion.ts";
import { remedyOf } from "./remedy.ts";
import { settle } from "./settle.ts";
import type { Taking } from "./taking.ts";

type LookAgain = Extract<Step, { readonly do: "look-again" }>;

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const written = ({ deployer, record, now }: Taking, outcome: Outcome): Promise<DeploymentRecord | undefined> =>
  moveDeployment(deployer.stores, record.app, { kind: "step", record, outcome, now });

/** Tells an operator; where that cannot be told now, it is told at the next look. */
async function tellStuck({ deployer, record, log }: Taking, why: string): Promise<boolean> {
  const { model, app, state: where, since } = record;
  const stuck = {
    model,
    process: "deployment",
    about: app,
    state: where,
    since,
    reason: why,
    remedy: remedyOf(record),
  };
  try {
    await sayStuck(deployer.outbox, stuck);
    log.error("the deployment does not go on", { state: where, why });
    return true;
  } catch (error) {
    log.warn("nobody could be told that the deployment does not go on", { error: wordsOf(error) });
    return false;
  }
}

async function lookAgain(taking: Taking, { why, stuck, failedSince }: LookAgain) {
  const { deployer, record, now } = taking;
  const saidStuck = record.saidStuck || (stuck === true && (await tellStuck(taking, why)));
  const lookAt = nextLook(now, record.looks, saidStuck, deployer.limits);
  return written(taking, { kind: "looked", why, failedSince, saidStuck, lookAt });
}

/** What was tried did not work: it is tried again, for as long as it takes. */
function inVain(taking: Taking, error: unknown) {
  const { deployer, record, now, log } = taking;
  log.warn("a step of the deployment did not work", { state: record.state, error: wordsOf(error) });
  return lookAgain(taking, lookAgainOrSay(record, wordsOf(error), now, deployer.limits) as LookAgain);
}

async function fail(taking: Taking, why: string) {
  taking.log.error("the deployment has failed", { why });
  return written(taking, { kind: "failed", why, events: eventsOfFailure(taking.record, taking.now) });
}

/** @returns the deployment service's own id of it, where it gives one. */
async function beginPublishing({ deployer, record }: Taking): Promise<string | undefined> {
  const { bytes } = await readKeptPackage(deployer.stores, goalOf(record).package);
  const staging = await deployer.appService.slot(record.app, "staging");
  return deployer.appService.beginPublish(staging, bytes, nameOfPublication(record));
}

async function beginOnApp(taking: Taking, what: Begun): Promise<string | undefined> {
  const { appService } = taking.deployer;
  if (what === "publishing") return beginPublishing(taking);
  if (what === "restarting") await appService.restartStaging(taking.record.app);
  else await appService.beginSwap(taking.record.app);
  return undefined;
}

async function begin(taking: Taking, what: Begun) {
  const { deployer, record, now } = taking;
  // Written first: of two who take this step one goes on, and whoever comes after a crash knows that it may be under way.
  const claimed = await written(taking, { kind: "begins", what });
  if (!claimed) return undefined;
  if (what === "restarting") taking.log.warn("staging serves another release than was published: it is restarted");
  const claim: Taking = { ...taking, record: claimed };
  const lookAt = nextLook(now, 0, false, deployer.limits);
  try {
    return await written(claim, { kind: "accepted", publication: await beginOnApp(claim, what), lookAt });
  } catch (error) {
    const isRefused = error instanceof PublishError && record.turnedBack === undefined;
    return isRefused ? fail(claim, error.message) : inVain(claim, error);
  }
}

const said: Readonly<Partial<Record<DeploymentRecord["state"], string>>> = {
  staged: "published to staging",
  swapped: "swapped into production",
};

async function comeTo(taking: Taking, state: Extract<Step, { readonly do: "come-to" }>["state"]) {
  const { deployer, record, log } = taking;
  if (state !== "verified") {
    const words = record.state === "publishing" || record.state === "swapping" ? said[state] : undefined;
    if (words) log.info(words);
    return written(taking, { kind: "came-to", state });
  }
  const { site } = await deployer.appService.slot(record.app, "production");
  return written(taking, { kind: "came-to", state, endpoint: site });
}

async function announce(taking: Taking) {
  const [event] = taking.record.events;
  if (!event) return undefined;
  await state(taking.deployer, event);
  return written(taking, { kind: "announced", id: event.id });
}

function doIt(taking: Taking, step: Step): Promise<DeploymentRecord | undefined> {
  const { log } = taking;
  switch (step.do) {
    case "look-again":
      return lookAgain(taking, step);
    case "begin":
      return begin(taking, step.what);
    case "come-to":
      return comeTo(taking, step.state);
    case "turn-back":
      log.error("the release fails in production; the former one is to serve again", { why: step.why });
      return written(taking, { kind: "turned-back", why: step.why });
    case "begin-anew":
      log.warn("the slots are not as they were left; the deployment begins anew", { why: step.why });
      return written(taking, { kind: "began-anew", why: step.why });
    case "give-up":
      log.info(`${step.why}: it is asked for again`);
      return written(taking, { kind: "given-up", why: step.why });
    case "fail":
      return fail(taking, step.why);
    case "record":
      return recordChampion(taking).then((outcome) => written(taking, outcome));
    case "announce":
      return announce(taking);
    case "settle":
      return settle(taking).then((outcome) => written(taking, outcome));
    case "nothing":
      return Promise.resolve(undefined);
  }
}

/**
 * Takes a step: does one thing, and writes down what came of it.
 * @returns the record after it; undefined where somebody else has taken the step, or nothing is left to do.
 */
export async function takeStep(taking: Taking, step: Step): Promise<DeploymentRecord | undefined> {
  try {
    return await doIt(taking, step);
  } catch (error) {
    // What cannot be written down fails the message; everything else is written down and tried again.
    return inVain(taking, error);
  }
}
