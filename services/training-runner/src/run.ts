import type { Run, TrainingSlot } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";

/** How a run ends. */
export type RunEnd =
  | { readonly status: "completed" }
  | { readonly status: "failed" | "canceled" | "timed-out"; readonly failure: string };

/** What is done with a run. Instants are ISO 8601, as the record has them. */
type RunStep =
  | { readonly kind: "claim" }
  /** Its training code is put in place. */
  | { readonly kind: "prepare"; readonly codeSha256: string }
  | { readonly kind: "submit"; readonly at: string }
  /** Its job is found past its queue. */
  | { readonly kind: "start"; readonly at: string }
  | { readonly kind: "request-cancel"; readonly at: string }
  /** Take its end in hand, because of the message `by`. */
  | { readonly kind: "begin-conclusion"; readonly by: string; readonly at: string }
  | { readonly kind: "end"; readonly end: RunEnd; readonly at: string };

/** A step, and the run as whoever takes it knows it: from its claim, where there is no record of it yet. */
export type RunCommand = RunStep & { readonly run: Run };

/** What happens to a run. */
export type RunEvent =
  | { readonly kind: "claimed"; readonly run: Run }
  | { readonly kind: "prepared"; readonly codeSha256: string }
  | { readonly kind: "submitted"; readonly at: string }
  | { readonly kind: "started"; readonly at: string }
  | { readonly kind: "cancel-requested"; readonly at: string }
  | { readonly kind: "conclusion-begun"; readonly by: string; readonly at: string }
  | { readonly kind: "ended"; readonly end: RunEnd; readonly at: string };

/** How long a message has to see to a run's end before another may take it over, in milliseconds. */
export const conclusionTime = 60_000;

const runIdPattern = /^([a-z][a-z0-9-]{0,38}[a-z0-9])-[0-9a-f]{16}$/;

/** The model whose run has this id; undefined for a run that cannot be Ratchet's. */
export const modelOfRun = (runId: string): string | undefined => runIdPattern.exec(runId)?.[1];

/** A run as its claim tells of it, before its record is written. */
export function claimedRun(model: string, claim: NonNullable<TrainingSlot["running"]>): Run {
  const { again: _, ...lineage } = claim;
  return { model, ...lineage, status: "claimed" };
}

export const hasEnded = ({ status }: Pick<Run, "status">): boolean => status !== "claimed" && status !== "submitted";

/** Whether a record tells of the very claim that `run` is of; a claim that came to nothing leaves its record behind. */
const tellsOf = (record: Run, { claimedAt }: Run): boolean =>
  record.status !== "claimed" || record.claimedAt === claimedAt;

/** Whether another message is seeing to the run's end, and has not taken too long over it. */
function isInOtherHands({ concluding }: Run, by: string, at: string): boolean {
  if (!concluding || concluding.by === by) return false;
  return Date.parse(at) - Date.parse(concluding.at) < conclusionTime;
}

function happens(record: Run, step: RunStep): readonly RunEvent[] {
  switch (step.kind) {
    case "claim":
      return [];
    case "prepare":
      return record.codeSha256 === step.codeSha256 ? [] : [{ kind: "prepared", codeSha256: step.codeSha256 }];
    case "submit":
      return record.status === "submitted" ? [] : [{ kind: "submitted", at: step.at }];
    case "start":
      return record.startedAt === undefined ? [{ kind: "started", at: step.at }] : [];
    case "request-cancel":
      return [{ kind: "cancel-requested", at: step.at }];
    case "begin-conclusion": {
      const { by, at } = step;
      return isInOtherHands(record, by, at) ? [] : [{ kind: "conclusion-begun", by, at }];
    }
    case "end":
      return [{ kind: "ended", end: step.end, at: step.at }];
  }
}

/**
 * What happens to a run because of a step. A run that has ended stays as it ended. Its end is told in several ways within
 * the same second, and what is said of it should be said once: of the messages that tell, one takes it in hand. A
 * redelivery of the same message goes on; after {@link conclusionTime} another may.
 */
function decide(record: Run | undefined, { run, ...step }: RunCommand): readonly RunEvent[] {
  if (record && hasEnded(record)) return [];
  if (record && tellsOf(record, run)) return happens(record, step);
  return [{ kind: "claimed", run }, ...happens(run, step)];
}

/** The record after an event; the very same object where the event changes nothing. */
export function evolve(record: Run | undefined, event: RunEvent): Run | undefined {
  if (event.kind === "claimed") return event.run;
  if (!record) return record;
  switch (event.kind) {
    case "prepared":
      return { ...record, codeSha256: event.codeSha256 };
    case "submitted":
      return { ...record, status: "submitted", submittedAt: event.at };
    case "started":
      return { ...record, startedAt: event.at };
    case "cancel-requested":
      return { ...record, cancelRequestedAt: event.at };
    case "conclusion-begun":
      return { ...record, concluding: { by: event.by, at: event.at } };
    case "ended":
      return { ...record, ...event.end, endedAt: event.at };
  }
}

/** The record of a run, which begins with its claim. */
export const runDecider: Decider<Run | undefined, RunCommand, RunEvent> = { initial: undefined, decide, evolve };
