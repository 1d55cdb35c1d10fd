import type { DeploymentRecord, Release } from "@ratchet/contracts";
import type { PublishState } from "../gateways/app-service.ts";
import type { Serving } from "../gateways/inference-app.ts";
import type { Check } from "../production/check.ts";
import type { Begun } from "./deployment.ts";
import { goalOf, serves, wordsOf } from "./goal.ts";
import type { Limits } from "./limits.ts";

/** What both slots serve. */
export interface Slots {
  readonly production: Serving;
  readonly staging: Serving;
}

/** What was seen outside, as far as the deployment's state asks for it. */
export type Seen =
  | ({ readonly of: "slots" } & Slots)
  | { readonly of: "publication"; readonly publication: PublishState }
  | { readonly of: "staging" | "production"; readonly check: Check }
  | { readonly of: "pointer"; readonly champion: Release | undefined; readonly frozen: boolean }
  /** The step asks for nothing. */
  | { readonly of: "nothing" }
  /** It could not be looked at. */
  | { readonly of: "darkness"; readonly why: string };

/** What is to be done next. */
export type Step =
  /** `stuck`: tell an operator. `failedSince`: since when the app says that it has failed. */
  | { readonly do: "look-again"; readonly why: string; readonly stuck?: boolean; readonly failedSince?: string }
  | { readonly do: "begin"; readonly what: Begun }
  | { readonly do: "come-to"; readonly state: "staged" | "proven" | "swapped" | "verified" }
  /** The release fails in production: the former one is to serve again. */
  | { readonly do: "turn-back"; readonly why: string }
  /** The slots are not as they were left: from the front. */
  | { readonly do: "begin-anew"; readonly why: string }
  /** What serves is verified: the pointer is to say so. */
  | { readonly do: "record" }
  | { readonly do: "fail"; readonly why: string }
  /** Nothing is wrong with the release, but what it was decided by has changed: it is asked for again. */
  | { readonly do: "give-up"; readonly why: string }
  | { readonly do: "announce" }
  | { readonly do: "settle" }
  | { readonly do: "nothing" };

const age = (since: string, now: Date): number => now.getTime() - Date.parse(since);
const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`;

/**
 * What is left to do, by the record and by what is there: whoever comes back after half of it goes on from where it was left.
 * Until it is known what serves, nothing is decided on it. Once a release has failed in production, only the former one's serving
 * again is an end.
 */
export function nextStep(record: DeploymentRecord, seen: Seen, now: Date, limits: Limits): Step {
  switch (seen.of) {
    case "slots":
      return record.state === "swapping"
        ? whileSwapping(record, seen, now, limits)
        : fromTheFront(record, seen, now, limits);
    case "publication":
      return whilePublishing(record, seen.publication, now, limits);
    case "staging":
      return inStaging(record, seen.check, now, limits);
    case "production":
      return inProduction(record, seen.check, now, limits);
    case "pointer":
      return beforeSwap(record, seen);
    case "darkness":
      return lookAgainOrSay(record, seen.why, now, limits);
    case "nothing":
      return record.state === "verified" ? whenVerified(record) : afterwards(record);
  }
}

/** Looks again where nothing else bounds the waiting: after a while an operator is told, once. */
export function lookAgainOrSay(
  { since, saidStuck }: DeploymentRecord,
  why: string,
  now: Date,
  { stuck }: Limits,
): Step {
  return { do: "look-again", why, ...(!saidStuck && age(since, now) >= stuck ? { stuck: true } : {}) };
}

/** A release that is no good fails; the former one has to serve again, whatever it takes. */
function failOrGoOn(record: DeploymentRecord, why: string, now: Date, limits: Limits): Step {
  return record.turnedBack === undefined ? { do: "fail", why } : lookAgainOrSay(record, why, now, limits);
}

function fromTheFront(record: DeploymentRecord, { production, staging }: Slots, now: Date, limits: Limits): Step {
  const goal = goalOf(record);
  const isBack = record.turnedBack !== undefined;
  if (serves(production, goal)) return { do: "come-to", state: "swapped" };
  // It served until just now: nobody waits for a proof.
  if (isBack && serves(staging, goal)) return { do: "come-to", state: "proven" };
  if (production.kind === "unknown" && !isBack)
    return lookAgainOrSay(record, `it is not known what production serves: ${production.why}`, now, limits);
  if (serves(staging, goal)) return { do: "come-to", state: "staged" };
  if (staging.kind === "unknown" && record.looks < limits.silentLooks)
    return { do: "look-again", why: `it is not known what staging serves: ${staging.why}` };
  return { do: "begin", what: "publishing" };
}

/** What was begun, and nobody wrote down that it was accepted, is begun again after a while. */
const isUnsure = ({ underWay }: DeploymentRecord, now: Date, { unsure }: Limits): boolean =>
  underWay !== undefined && !underWay.accepted && age(underWay.begunAt, now) >= unsure;

function whilePublishing(record: DeploymentRecord, publication: PublishState, now: Date, limits: Limits): Step {
  const { version } = goalOf(record);
  if (publication.kind === "done") return { do: "come-to", state: "staged" };
  // It has ended, and does not go by its name: what staging serves will tell.
  if (publication.kind === "another" && record.underWay?.accepted && age(record.underWay.begunAt, now) >= limits.shown)
    return { do: "come-to", state: "staged" };
  if (age(record.since, now) >= limits.published)
    return record.turnedBack === undefined
      ? { do: "fail", why: `version ${version} was not published within ${seconds(limits.published)}` }
      : { do: "begin-anew", why: "publishing takes too long" };
  if (publication.kind === "failed")
    return record.turnedBack === undefined
      ? { do: "fail", why: `version ${version} cannot be published: ${publication.why}` }
      : { do: "begin-anew", why: publication.why };
  if (publication.kind !== "running" && isUnsure(record, now, limits)) return { do: "begin", what: "publishing" };
  const why = record.why ?? (publication.kind === "running" ? "it is being published" : publication.why);
  return lookAgainOrSay(record, why, now, limits);
}

const staysDown = (version: string, why: string): string => `version ${version} does not come up in staging: ${why}`;

/**
 * The deployment service asks for a restart before it writes down which package is to run: an app can come up with the old one.
 * So what is said by any but the release itself is believed after a restart of our own only.
 */
function inStaging(record: DeploymentRecord, check: Check, now: Date, limits: Limits): Step {
  const { version } = goalOf(record);
  const wasRestarted = record.state === "restarting";
  switch (check.kind) {
    case "right":
      return { do: "come-to", state: "proven" };
    case "wrong":
      return failOrGoOn(record, `version ${version} fails its smoke test: ${check.why}`, now, limits);
    case "failed": {
      const { failedSince = now.toISOString() } = record;
      if (age(failedSince, now) < limits.failed) return { do: "look-again", why: check.why, failedSince };
      if (!wasRestarted) return { do: "begin", what: "restarting" };
      return failOrGoOn(record, staysDown(version, check.why), now, limits);
    }
    case "other":
    case "none":
      if (!wasRestarted && age(record.since, now) >= limits.stale) return { do: "begin", what: "restarting" };
      return whileStarting(record, check.why, now, limits);
    case "not-yet":
    case "unreachable":
      return whileStarting(record, check.why, now, limits);
  }
}

/** The release is not there yet, but may be. */
function whileStarting(record: DeploymentRecord, why: string, now: Date, limits: Limits): Step {
  if (age(record.since, now) >= limits.ready) {
    const late = `it was not ready after ${seconds(limits.ready)}: ${why}`;
    return failOrGoOn(record, staysDown(goalOf(record).version, late), now, limits);
  }
  if (record.state === "restarting" && isUnsure(record, now, limits)) return { do: "begin", what: "restarting" };
  return { do: "look-again", why };
}

/** Whether the champion is still the one by which the deployment was decided. */
function isOvertaken({ command, release, former }: DeploymentRecord, champion: Release | undefined): boolean {
  if (champion?.cause === command.id) return false;
  const expected = command.kind === "restore" ? release : former;
  return champion?.package !== expected?.package || champion?.cause !== expected?.cause;
}

function beforeSwap(
  record: DeploymentRecord,
  { champion, frozen }: { readonly champion: Release | undefined; readonly frozen: boolean },
): Step {
  if (record.turnedBack === undefined) {
    if (isOvertaken(record, champion)) return { do: "give-up", why: "another release has become champion meanwhile" };
    if (frozen && record.command.kind === "promote") return { do: "give-up", why: "the model was frozen meanwhile" };
  }
  return { do: "begin", what: "swapping" };
}

function whileSwapping(record: DeploymentRecord, { production, staging }: Slots, now: Date, limits: Limits): Step {
  const goal = goalOf(record);
  const isBack = record.turnedBack !== undefined;
  if (serves(production, goal)) return { do: "come-to", state: "swapped" };
  if (production.kind === "unknown" && !(isBack && serves(staging, goal)))
    return lookAgainOrSay(record, `it is not known what production serves: ${production.why}`, now, limits);
  if (staging.kind === "unknown")
    return lookAgainOrSay(record, `it is not known what staging serves: ${staging.why}`, now, limits);
  if (!serves(staging, goal)) {
    const why = `neither slot serves version ${goal.version} any more; of production, ${wordsOf(production)}`;
    return record.rounds < limits.rounds || isBack ? { do: "begin-anew", why } : { do: "fail", why };
  }
  const { underWay } = record;
  if (!underWay) return { do: "begin", what: "swapping" };
  const patience = underWay.accepted ? limits.swapped : limits.unsure;
  if (age(underWay.begunAt, now) < patience)
    return lookAgainOrSay(record, record.why ?? "the swap is under way", now, limits);
  if (underWay.tries < limits.swaps || isBack) return { do: "begin", what: "swapping" };
  const tried = `the swap was begun ${underWay.tries} times, and production still does not serve version ${goal.version}`;
  return { do: "fail", why: `${tried}: ${record.why ?? wordsOf(production)}` };
}

/** The release fails in production: what served before it is to serve again, where something did. */
function turnBack(record: DeploymentRecord, why: string, now: Date, limits: Limits): Step {
  const { turnedBack, former, release, command } = record;
  if (turnedBack !== undefined) return lookAgainOrSay(record, why, now, limits);
  if (former && command.kind !== "restore") return { do: "turn-back", why };
  const after = command.kind === "restore" ? "it is the champion" : "there was no release before it to put back";
  return { do: "fail", why: `version ${release.version} failed in production: ${why}; ${after}` };
}

function inProduction(record: DeploymentRecord, check: Check, now: Date, limits: Limits): Step {
  const isLate = age(record.since, now) >= limits.verify;
  const late = `it was not ready after ${seconds(limits.verify)}: ${"why" in check ? check.why : ""}`;
  switch (check.kind) {
    case "right":
      return { do: "come-to", state: "verified" };
    case "wrong":
      return turnBack(record, check.why, now, limits);
    case "failed": {
      const { failedSince = now.toISOString() } = record;
      if (age(failedSince, now) >= limits.failed) return turnBack(record, check.why, now, limits);
      return { do: "look-again", why: check.why, failedSince };
    }
    case "other":
      // A swap that was thought lost came late, or somebody else has swapped: nothing is said against the release.
      if (!isLate) return { do: "look-again", why: check.why };
      if (record.rounds < limits.rounds || record.turnedBack !== undefined) return { do: "begin-anew", why: check.why };
      return turnBack(record, late, now, limits);
    case "none":
    case "not-yet":
      return isLate ? turnBack(record, late, now, limits) : { do: "look-again", why: check.why };
    case "unreachable":
      return lookAgainOrSay(record, `production cannot be reached: ${check.why}`, now, limits);
  }
}

function whenVerified({ turnedBack, release, former }: DeploymentRecord): Step {
  if (turnedBack === undefined) return { do: "record" };
  const after = `version ${former?.version ?? "before it"} serves again`;
  return { do: "fail", why: `version ${release.version} failed in production: ${turnedBack}; ${after}` };
}

/** Events are stated in their order; where the topic does not take them, what waits does not wait for them. */
function afterwards({ events, settled, looks }: DeploymentRecord): Step {
  if (events.length > 0 && (looks === 0 || settled)) return { do: "announce" };
  return settled ? { do: "nothing" } : { do: "settle" };
}
