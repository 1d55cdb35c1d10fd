import type { ConclusionStep, Run } from "@ratchet/contracts";

/** How a run ends. */
export type RunEnd =
  | { readonly status: "completed"; readonly votedToDeploy: boolean }
  | { readonly status: "failed" | "canceled" | "timed-out"; readonly failure: string };

/** As what a run ends whose job is being stopped, and why. */
export type Stop = Pick<NonNullable<Run["stopping"]>, "status" | "reason">;

/** What happens to a run. Instants are ISO 8601, as the record has them. */
export type RunEvent =
  | { readonly kind: "claimed"; readonly run: Run }
  /** Its training code is put in place, and a number is meant for its model. */
  | { readonly kind: "prepared"; readonly codeSha256: string; readonly version: string }
  /** Its claim came to nothing. */
  | { readonly kind: "given-up"; readonly reason: string; readonly at: string }
  | { readonly kind: "submitted"; readonly at: string }
  /** Its job is found past its queue. */
  | { readonly kind: "started"; readonly at: string }
  /** The workspace does not know its job. */
  | { readonly kind: "missed"; readonly at: string }
  | { readonly kind: "found" }
  | { readonly kind: "cancel-requested"; readonly at: string }
  | { readonly kind: "stopping"; readonly stop: Stop; readonly at: string }
  /** The next look has this number, and is due then. `queuedUntil`: until when at least the job has waited for a place. */
  | { readonly kind: "look-set"; readonly look: number; readonly at: string; readonly queuedUntil?: string }
  /** No look was done though it was due; another is on its way. */
  | { readonly kind: "revived"; readonly look: number; readonly at: string; readonly since: string }
  | { readonly kind: "overdue-told" }
  /** Whoever handles the message `by` moves it on. */
  | { readonly kind: "taken-in-hand"; readonly by: string; readonly at: string }
  | { readonly kind: "ended"; readonly end: RunEnd; readonly at: string }
  /** Another number is meant for its model. */
  | { readonly kind: "version-taken"; readonly version: string }
  | { readonly kind: "concluded"; readonly step: ConclusionStep; readonly at: string };

/** What is done about the end of a run, in this order. */
const stepsOf = ({ status }: Run): readonly ConclusionStep[] =>
  status === "completed" ? ["register-model", "tell-end", "ask-for-verdict"] : ["tell-end"];

/**
 * What is to be done next about the end of a run; undefined where all is done, but for the slot, which says itself whether
 * it was freed. Of a run that ended before records said what was done, all was.
 */
export function nextStep(run: Run): ConclusionStep | undefined {
  const { concluded } = run;
  return concluded && stepsOf(run).find((step) => !concluded.includes(step));
}

export const hasEnded = ({ status }: Pick<Run, "status">): boolean => status !== "claimed" && status !== "submitted";

/** Whether all that follows from a run's end was done: nothing moves it any more. */
export const isConcluded = (run: Run): boolean => hasEnded(run) && nextStep(run) === undefined;

function afterStep(record: Run, step: ConclusionStep, at: string): Run {
  const after = { ...record, concluded: [...(record.concluded ?? []), step] };
  if (!isConcluded(after)) return after;
  return { ...after, lookAt: undefined, overdueSince: undefined, toldOverdue: undefined, concludedAt: at };
}

/** The record after an event; the very same object where the event changes nothing. */
export function evolve(record: Run | undefined, event: RunEvent): Run | undefined {
  if (event.kind === "claimed") return event.run;
  if (!record) return record;
  switch (event.kind) {
    case "prepared":
      return { ...record, codeSha256: event.codeSha256, version: event.version };
    case "given-up": {
      const givenUp = { at: event.at, reason: event.reason };
      const atRest = { inHand: undefined, lookAt: undefined, overdueSince: undefined, toldOverdue: undefined };
      return { ...record, ...atRest, givenUp };
    }
    case "submitted":
      // Whoever submitted it is done with it: its end may come at once, and is for whoever learns of it.
      return { ...record, status: "submitted", submittedAt: event.at, inHand: undefined };
    case "started":
      return { ...record, startedAt: event.at };
    case "missed":
      return { ...record, missingSince: event.at };
    case "found":
      return { ...record, missingSince: undefined };
    case "cancel-requested":
      return { ...record, cancelRequestedAt: event.at };
    case "stopping":
      return { ...record, stopping: { ...event.stop, at: event.at } };
    case "look-set": {
      const { look, at: lookAt, queuedUntil = record.queuedUntil } = event;
      return { ...record, look, lookAt, queuedUntil, overdueSince: undefined, toldOverdue: undefined };
    }
    case "revived":
      return { ...record, look: event.look, lookAt: event.at, overdueSince: event.since };
    case "overdue-told":
      return { ...record, toldOverdue: true };
    case "taken-in-hand":
      return { ...record, inHand: { by: event.by, at: event.at } };
    case "ended":
      return { ...record, ...event.end, endedAt: event.at, concluded: [] };
    case "version-taken":
      return { ...record, version: event.version };
    case "concluded":
      return afterStep(record, event.step, event.at);
  }
}
