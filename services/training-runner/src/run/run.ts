import type { ConclusionStep, Run, TrainingSlot } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";
import { evolve, hasEnded, isConcluded, nextStep, type RunEnd, type RunEvent, type Stop } from "./run-events.ts";

/** A run was looked at, and is to be looked at again. */
interface Looked {
  readonly kind: "look";
  readonly at: string;
  readonly until: string;
  /** The number of the look that this was; undefined for whatever else led to it. */
  readonly asker?: number | undefined;
  /** What was seen of its job, where it was asked for. */
  readonly seen?: "missing" | "waiting" | "running";
}

/** What is done with a run. Instants are ISO 8601, as the record has them. */
type RunStep =
  | { readonly kind: "claim" }
  /** Its training code is put in place; the registry has gone on to the version `next`. */
  | { readonly kind: "prepare"; readonly codeSha256: string; readonly next: number }
  /** No job has come of its claim, and none will. */
  | { readonly kind: "give-up"; readonly reason: string; readonly at: string }
  | { readonly kind: "submit"; readonly at: string }
  | { readonly kind: "request-cancel"; readonly at: string }
  | { readonly kind: "stop"; readonly stop: Stop; readonly at: string }
  | Looked
  /** Set a look going in place of one that was due and was not done. */
  | { readonly kind: "revive"; readonly at: string }
  | { readonly kind: "tell-overdue" }
  /** Take it in hand, because of the message `by`, where it is still as whoever does so knows it. */
  | { readonly kind: "take-in-hand"; readonly from: Run["status"]; readonly by: string; readonly at: string }
  | { readonly kind: "end"; readonly end: RunEnd; readonly at: string }
  /** The number that was meant for its model is somebody else's: mean another. */
  | { readonly kind: "take-version"; readonly instead: string; readonly version: string }
  /** A step of its conclusion was done. */
  | { readonly kind: "conclude"; readonly step: ConclusionStep; readonly at: string };

/** A step, and the run as whoever takes it knows it: from its claim, where there is no record of it yet. */
export type RunCommand = RunStep & { readonly run: Run };

/** How long a message may have a run in hand before another may take it over, in milliseconds. */
export const conclusionTime = 60_000;

/** How long after its claim a run is looked at for the first time, in milliseconds. */
const firstLookAfter = 30_000;

const runIdPattern = /^([a-z][a-z0-9-]{0,38}[a-z0-9])-[0-9a-f]{16}$/;

/** The model whose run has this id; undefined for a run that cannot be Ratchet's. */
export const modelOfRun = (runId: string): string | undefined => runIdPattern.exec(runId)?.[1];

/** A run as its claim tells of it, before its record is written. */
export function claimedRun(model: string, claim: NonNullable<TrainingSlot["running"]>): Run {
  const { again: _, ...lineage } = claim;
  return { model, ...lineage, status: "claimed" };
}

/** Whether one claim is later than another. Claims from before they were numbered go by their times. */
function isLater(one: Pick<Run, "claim" | "claimedAt">, other: Pick<Run, "claim" | "claimedAt">): boolean {
  if (one.claim === undefined && other.claim === undefined) return one.claimedAt > other.claimedAt;
  return (one.claim ?? 0) > (other.claim ?? 0);
}

/** A record begins with its first look. Numbers of looks go on from those of a former claim: none is used twice. */
function begun(run: Run, former: Run | undefined): Run {
  const lookAt = new Date(Date.parse(run.claimedAt) + firstLookAfter).toISOString();
  return { ...run, look: (former?.look ?? 0) + 1, lookAt };
}

/** Whether another message has the run in hand, and has not taken too long over it. */
function isInOtherHands({ inHand }: Run, by: string, at: string): boolean {
  if (!inHand || inHand.by === by) return false;
  return Date.parse(at) - Date.parse(inHand.at) < conclusionTime;
}

/**
 * The next look, where it is for whoever looked to set it: the look that was due sets the one after it; anything else only
 * brings the next one forward. So there is one chain of looks, however many messages lead to a look.
 */
function nextLook({ look = 0, lookAt }: Run, { at, until, asker = 0, seen }: Looked): readonly RunEvent[] {
  const isDue = asker > 0 && asker >= look;
  if (!isDue && lookAt !== undefined && lookAt <= until) return [];
  const queued = seen === "waiting" ? { queuedUntil: at } : {};
  return [{ kind: "look-set", look: Math.max(look, asker) + 1, at: until, ...queued }];
}

function seenOf(record: Run, seen: "missing" | "waiting" | "running" | undefined, at: string): readonly RunEvent[] {
  if (seen === undefined) return [];
  if (seen === "missing") return record.missingSince === undefined ? [{ kind: "missed", at }] : [];
  const found: readonly RunEvent[] = record.missingSince === undefined ? [] : [{ kind: "found" }];
  return seen === "running" && record.startedAt === undefined ? [...found, { kind: "started", at }] : found;
}

/** What happens to a run that has not ended. */
function happensUnderWay(record: Run, step: RunStep): readonly RunEvent[] {
  switch (step.kind) {
    case "prepare": {
      const version = String(Math.max(Number(record.version), step.next));
      if (record.codeSha256 === step.codeSha256 && record.version === version) return [];
      return [{ kind: "prepared", codeSha256: step.codeSha256, version }];
    }
    case "give-up":
      return record.status === "claimed" ? [{ kind: "given-up", reason: step.reason, at: step.at }] : [];
    case "submit":
      return record.status === "submitted" ? [] : [{ kind: "submitted", at: step.at }];
    case "request-cancel":
      return [{ kind: "cancel-requested", at: step.at }];
    case "stop":
      return record.stopping ? [] : [{ kind: "stopping", stop: step.stop, at: step.at }];
    case "look":
      return seenOf(record, step.seen, step.at);
    case "end":
      return [{ kind: "ended", end: step.end, at: step.at }];
    default:
      return [];
  }
}

/** What happens to a run that has ended and is not concluded. */
function happensAtEnd(record: Run, step: RunStep): readonly RunEvent[] {
  switch (step.kind) {
    case "take-version":
      return record.version === step.instead ? [{ kind: "version-taken", version: step.version }] : [];
    case "conclude":
      return nextStep(record) === step.step ? [{ kind: "concluded", step: step.step, at: step.at }] : [];
    default:
      return [];
  }
}

/** What happens to a run wherever it is. */
function happensAnywhere(record: Run, step: RunStep): readonly RunEvent[] {
  switch (step.kind) {
    case "look":
      return nextLook(record, step);
    case "revive": {
      const { look = 0, lookAt = record.claimedAt, overdueSince = lookAt } = record;
      return [{ kind: "revived", look: look + 1, at: step.at, since: overdueSince }];
    }
    case "tell-overdue":
      return record.overdueSince === undefined || record.toldOverdue ? [] : [{ kind: "overdue-told" }];
    case "take-in-hand": {
      const { from, by, at } = step;
      return record.status !== from || isInOtherHands(record, by, at) ? [] : [{ kind: "taken-in-hand", by, at }];
    }
    default:
      return [];
  }
}

const happens = (record: Run, step: RunStep): readonly RunEvent[] => [
  ...(hasEnded(record) ? happensAtEnd(record, step) : happensUnderWay(record, step)),
  ...happensAnywhere(record, step),
];

/**
 * What happens to a run because of a step. A run that is concluded stays as it is, and one that has ended stays as it
 * ended. Of the messages that could move it on at the same time one has it in hand: a redelivery of that message goes on;
 * after {@link conclusionTime} another may. Nothing comes of a step by whoever knows only a claim that was given up since.
 */
function decide(record: Run | undefined, { run, ...step }: RunCommand): readonly RunEvent[] {
  // A claim that came to nothing leaves its record behind.
  if (!record || (record.status === "claimed" && isLater(run, record))) {
    const first = begun(run, record);
    return [{ kind: "claimed", run: first }, ...happens(first, step)];
  }
  if (isConcluded(record) || record.givenUp || isLater(record, run)) return [];
  return happens(record, step);
}

/** The record of a run, which begins with its claim. */
export const runDecider: Decider<Run | undefined, RunCommand, RunEvent> = { initial: undefined, decide, evolve };
