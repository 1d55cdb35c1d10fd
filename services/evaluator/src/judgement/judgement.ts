import type { JudgementRecord } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import type { Decider } from "@ratchet/state";
import type { JudgementCommand, JudgementEvent } from "./events.ts";
import { evolve } from "./evolve.ts";

/** The record of a judgement is gone while it is made. */
export class LostJudgementError extends PermanentError {
  override readonly name = "LostJudgementError";
}

/** Whether a judgement is being made: it is gone on with by whichever message comes. */
export const isInHand = ({ state }: JudgementRecord): boolean =>
  state === "asked" || state === "weighed" || state === "decided";

/** Whether the record is not at its end. */
export const isOpen = (record: JudgementRecord): boolean => isInHand(record) || record.state === "held";

function ask(
  record: JudgementRecord | undefined,
  { command, traceparent, challenge, again, seen, now }: JudgementCommand & { readonly kind: "ask" },
): readonly JudgementEvent[] {
  // What the evaluator asks by itself belongs to the trace of what was asked before.
  const trace = again === undefined ? traceparent : (record?.asked.traceparent ?? traceparent);
  const asked: JudgementEvent = {
    kind: "asked",
    asked: { command, at: now.toISOString(), ...(trace === undefined ? {} : { traceparent: trace }), challenge },
    seen,
  };
  if (!record) return again === undefined ? [asked] : [];
  // Replayed: it failed, was then overtaken, and an operator wants it all the same.
  const revived = record.state === "superseded" && record.failure !== undefined;
  if (record.commands.includes(command))
    return revived ? [{ ...asked, asked: { ...record.asked, at: now.toISOString() } }] : [];
  if (again === undefined) return [asked];
  return record.state === "held" && record.asked.command === again ? [asked] : [];
}

function decide(record: JudgementRecord | undefined, command: JudgementCommand): readonly JudgementEvent[] {
  if (command.kind === "ask") return ask(record, command);
  if (!record) throw new LostJudgementError("the record of the judgement is gone; replay the message to ask anew");
  if (command.kind === "look") {
    const lookAt = command.lookAt.toISOString();
    return isOpen(record) && record.lookAt !== lookAt ? [{ kind: "looked", lookAt }] : [];
  }
  const at = command.now.toISOString();
  const isBeingMade = isInHand(record) && "command" in command && record.asked.command === command.command;
  switch (command.kind) {
    case "weigh": {
      const { key, attempt } = command;
      return isBeingMade && record.state !== "decided" ? [{ kind: "weighed", key, attempt, at }] : [];
    }
    case "decide":
      return isBeingMade ? [{ kind: "decided", held: command.held, seen: command.seen, at }] : [];
    case "say":
      return record.state === "decided" ? [{ kind: "said", verdict: command.verdict, at }] : [];
    case "fail": {
      if (!isBeingMade) return [];
      const { name, reason, seen } = command;
      const { failure } = record;
      const same = failure?.name === name && failure.reason === reason;
      return [{ kind: "failed", failure: same ? failure : { name, reason, since: at }, seen, at }];
    }
    case "tell":
      return record.stuckSaid === undefined ? [{ kind: "told", at }] : [];
    case "nudge":
      return isInHand(record) ? [{ kind: "nudged", at }] : [];
    case "overtake":
      return isOpen(record) && record.newer === undefined ? [{ kind: "overtaken", by: command.by, at }] : [];
    case "close":
      return record.state !== "decided" && isOpen(record) ? [{ kind: "closed", at }] : [];
  }
}

/** There is no record before a version is asked about. */
export const judgementDecider: Decider<JudgementRecord | undefined, JudgementCommand, JudgementEvent> = {
  initial: undefined,
  decide,
  evolve,
};
