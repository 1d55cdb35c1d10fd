import type { Challenge, JudgementRecord, Seen } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import type { Decider } from "@ratchet/state";

/** The record of a judgement is gone while it is made. */
export class LostJudgementError extends PermanentError {
  override readonly name = "LostJudgementError";
}

/** A judgement that does not get on is looked at again after so many milliseconds; each time in vain after twice as many … */
export const patience = 10 * 60_000;
/** … and after this many at most. */
export const mostPatience = 6 * 3_600_000;
/** A judgement that waits for a change is looked at this often, in milliseconds. */
export const lookEvery = 5 * 60_000;
/** Redelivered commands are known among this many. */
const keptCommands = 50;

type Held = NonNullable<JudgementRecord["held"]>;

export type JudgementCommand =
  | {
      readonly kind: "ask";
      /** Id of the command. */
      readonly command: string;
      readonly traceparent: string | undefined;
      readonly challenge: Challenge;
      /** Where the evaluator asks again by itself: the command whose judgement it has looked at. */
      readonly again: string | undefined;
      readonly seen: Seen;
      readonly now: Date;
    }
  /** The holdout was used for the comparison of this key. */
  | {
      readonly kind: "weigh";
      readonly command: string;
      readonly key: string;
      readonly attempt: number;
      readonly now: Date;
    }
  /** A verdict is kept, or one of before stands. */
  | {
      readonly kind: "decide";
      readonly command: string;
      /** What it holds for; undefined where it does not hold, or for ever. */
      readonly held: Held | undefined;
      /** What it was made by; undefined where that was in an earlier delivery. */
      readonly seen: Seen | undefined;
      readonly now: Date;
    }
  /** All has been said that the verdict of this cause says. */
  | { readonly kind: "say"; readonly verdict: string; readonly now: Date }
  | {
      readonly kind: "fail";
      readonly command: string;
      readonly name: string;
      readonly reason: string;
      readonly seen: Seen;
      readonly now: Date;
    }
  /** It was told that the judgement is stuck. */
  | { readonly kind: "tell"; readonly now: Date }
  /** It was asked again because it does not get on. */
  | { readonly kind: "nudge"; readonly now: Date }
  /** It was looked at, and is to be looked at again then. */
  | { readonly kind: "look"; readonly lookAt: Date }
  /** A newer challenger has been asked about. */
  | { readonly kind: "overtake"; readonly by: string; readonly now: Date }
  /** The version is the champion: there is nothing to judge, and its verdict stands. */
  | { readonly kind: "close"; readonly now: Date };

export type JudgementEvent =
  | {
      readonly kind: "asked";
      readonly asked: JudgementRecord["asked"];
      readonly seen: Seen;
    }
  | { readonly kind: "weighed"; readonly key: string; readonly attempt: number; readonly at: string }
  | {
      readonly kind: "decided";
      readonly held: Held | undefined;
      readonly seen: Seen | undefined;
      readonly at: string;
    }
  | { readonly kind: "said"; readonly verdict: string; readonly at: string }
  | {
      readonly kind: "failed";
      readonly failure: NonNullable<JudgementRecord["failure"]>;
      readonly seen: Seen;
      readonly at: string;
    }
  | { readonly kind: "told"; readonly at: string }
  | { readonly kind: "nudged"; readonly at: string }
  | { readonly kind: "looked"; readonly lookAt: string }
  | { readonly kind: "overtaken"; readonly by: string; readonly at: string }
  | { readonly kind: "closed"; readonly at: string };

/** Whether a judgement is being made: it is gone on with by whichever message comes. */
export const isInHand = ({ state }: JudgementRecord): boolean =>
  state === "asked" || state === "weighed" || state === "decided";

/** Whether the record is not at its end. */
export const isOpen = (record: JudgementRecord): boolean => isInHand(record) || record.state === "held";

function ask(
  record: JudgementRecord | undefined,
  { command, traceparent, challenge, again, seen, now }: JudgementCommand & { readonly kind: "ask" },
): readonly JudgementEvent[] {
  const asked: JudgementEvent = {
    kind: "asked",
    asked: { command, at: now.toISOString(), ...(traceparent === undefined ? {} : { traceparent }), challenge },
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

const later = (at: string, milliseconds: number): string => new Date(Date.parse(at) + milliseconds).toISOString();

/** When to look at a judgement that does not get on, after so many nudges. */
const nextNudge = (at: string, nudges: number): string => later(at, Math.min(patience * 2 ** nudges, mostPatience));

/** When to look at a judgement that waits: often, and as soon as its cooldown is over. */
export function nextLook(now: Date, { until }: Pick<Held, "until">): Date {
  const soon = now.getTime() + lookEvery;
  const end = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  return new Date(end > now.getTime() ? Math.min(soon, end) : soon);
}

type Bare = Omit<JudgementRecord, "lookAt" | "held" | "failure" | "stuckSaid">;

/** A record without what belongs to the state that it leaves. */
function bare({ lookAt: _, held: __, failure: ___, stuckSaid: ____, ...rest }: JudgementRecord): Bare {
  return { ...rest, nudges: 0 };
}

function opened(
  record: JudgementRecord | undefined,
  { asked, seen }: JudgementEvent & { readonly kind: "asked" },
): JudgementRecord {
  const { model, version } = asked.challenge;
  const known: readonly string[] = record?.commands ?? [];
  const commands = known.includes(asked.command) ? known : [...known, asked.command];
  return {
    ...(record ? bare(record) : { model, version, firstAskedAt: asked.at, nudges: 0 }),
    state: "asked",
    since: asked.at,
    lookAt: nextNudge(asked.at, 0),
    asked,
    commands: commands.slice(-keptCommands),
    seen,
  };
}

function said(record: JudgementRecord, verdict: string, at: string): JudgementRecord {
  const { held } = record;
  const base = { ...bare(record), since: at, said: verdict };
  if (!held) return { ...base, state: "said" };
  if (record.newer !== undefined) return { ...base, state: "superseded" };
  return { ...base, state: "held", held, lookAt: nextLook(new Date(at), held).toISOString() };
}

function overtaken(record: JudgementRecord, by: string, at: string): JudgementRecord {
  const { failure, lookAt, ...rest } = record;
  if (record.state === "held") return { ...bare(record), state: "superseded", since: at, newer: by };
  if (!failure) return { ...record, newer: by };
  return { ...bare(rest), state: "superseded", since: at, newer: by, failure };
}

function failed(
  record: JudgementRecord,
  { failure, seen, at }: JudgementEvent & { readonly kind: "failed" },
): JudgementRecord {
  if (record.newer !== undefined) return { ...bare(record), state: "superseded", since: at, failure, seen };
  const { stuckSaid, ...rest } = record;
  const told = stuckSaid !== undefined && record.failure?.since === failure.since ? { stuckSaid } : {};
  return { ...rest, ...told, failure, seen, lookAt: later(at, lookEvery) };
}

function evolve(record: JudgementRecord | undefined, event: JudgementEvent): JudgementRecord | undefined {
  if (event.kind === "asked") return opened(record, event);
  if (!record) return record;
  switch (event.kind) {
    case "weighed": {
      const { key, attempt, at } = event;
      return { ...bare(record), state: "weighed", since: at, lookAt: nextNudge(at, 0), weighed: { key, attempt } };
    }
    case "decided": {
      const { held, seen = record.seen, at } = event;
      const base = { ...bare(record), state: "decided", since: at, lookAt: nextNudge(at, 0), seen } as const;
      return held ? { ...base, held } : base;
    }
    case "said":
      return said(record, event.verdict, event.at);
    case "failed":
      return failed(record, event);
    case "told":
      return { ...record, stuckSaid: event.at };
    case "nudged": {
      const nudges = record.nudges + 1;
      return { ...record, nudges, lookAt: nextNudge(event.at, nudges) };
    }
    case "looked":
      return { ...record, lookAt: event.lookAt };
    case "overtaken":
      return overtaken(record, event.by, event.at);
    case "closed":
      return { ...bare(record), state: "said", since: event.at };
  }
}

/** There is no record before a version is asked about. */
export const judgementDecider: Decider<JudgementRecord | undefined, JudgementCommand, JudgementEvent> = {
  initial: undefined,
  decide,
  evolve,
};
