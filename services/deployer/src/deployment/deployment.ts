import type { DeploymentRecord, Release, Wish } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Decider } from "@ratchet/state";
import { wait } from "./waiting.ts";

type KeptEvent = DeploymentRecord["events"][number];

/** What is begun on App Service and looked at later. */
export type Begun = "publishing" | "restarting" | "swapping";

/** What came of a step. */
export type Outcome =
  /** Nothing yet: it is looked at again. */
  | {
      readonly kind: "looked";
      readonly why: string;
      readonly lookAt: Date;
      readonly failedSince?: string | undefined;
      readonly saidStuck?: boolean;
    }
  /** What is about to be begun. The step stays the same until it is known whether it was. */
  | { readonly kind: "begins"; readonly what: Begun }
  | { readonly kind: "accepted"; readonly publication?: string | undefined; readonly lookAt: Date }
  | {
      readonly kind: "came-to";
      readonly state: "staged" | "proven" | "swapped" | "verified";
      readonly endpoint?: string;
    }
  | { readonly kind: "turned-back"; readonly why: string }
  | { readonly kind: "began-anew"; readonly why: string }
  | { readonly kind: "recorded"; readonly events: readonly KeptEvent[] }
  | { readonly kind: "failed"; readonly why: string; readonly events: readonly KeptEvent[] }
  | { readonly kind: "given-up"; readonly why: string }
  /** The topic has taken an event. */
  | { readonly kind: "announced"; readonly id: string }
  /** What waited was asked for again. */
  | { readonly kind: "settled"; readonly asked: readonly string[]; readonly lookAt: Date };

/** A release that an app is to serve. */
export interface Intent {
  readonly app: string;
  readonly wish: Wish;
  readonly release: Release;
  readonly former: Release | null;
  /** Events that go with the intent. */
  readonly events: readonly KeptEvent[];
}

export type DeploymentCommand =
  | ({
      readonly kind: "intend";
      /** The step of the record by which it was decided; undefined where there was none. */
      readonly basedOn: number | undefined;
      readonly now: Date;
    } & Intent)
  /** A deployment is under way: the wish waits for its end. */
  | { readonly kind: "wait"; readonly wish: Wish }
  /** An event that is to be stated after all that wait already. `first`: the record, where the app has none yet. */
  | { readonly kind: "say"; readonly event: KeptEvent; readonly first: DeploymentRecord; readonly now: Date }
  | {
      readonly kind: "step";
      /** The record by which the step was taken. */
      readonly record: Pick<DeploymentRecord, "command" | "step">;
      readonly outcome: Outcome;
      readonly now: Date;
    };

export type DeploymentEvent =
  | ({ readonly kind: "intended"; readonly now: Date } & Intent)
  | { readonly kind: "waits"; readonly waiting: readonly Wish[] }
  | { readonly kind: "has-to-say"; readonly event: KeptEvent; readonly first: DeploymentRecord; readonly now: Date }
  | { readonly kind: "stepped"; readonly outcome: Outcome; readonly now: Date };

/** The record has changed since it was decided by. Deciding anew helps. */
export class RecordMovedError extends TransientError {
  override readonly name = "RecordMovedError";

  constructor(app: string) {
    super(`the deployment of ${app} has gone on in the meantime`);
  }
}

const ends = new Set<DeploymentRecord["state"]>(["recorded", "announced", "given-up", "failed"]);

/** Whether a deployment has come to an end, though it may still have something to say. */
export const hasEnded = ({ state }: Pick<DeploymentRecord, "state">): boolean => ends.has(state);

/**
 * Decides what becomes of the record. What the next step is was decided by what was seen (`next-step.ts`); here, whether the record
 * still is the one by which that was decided: of two who take the same step, one does.
 * @throws {RecordMovedError} when an intent, or a wish to wait, was decided by another record.
 * @throws {TooManyWaitingError} when no more can wait.
 */
function decide(record: DeploymentRecord | undefined, command: DeploymentCommand): readonly DeploymentEvent[] {
  switch (command.kind) {
    case "intend": {
      const { kind: _, basedOn, ...intent } = command;
      if (record && !hasEnded(record)) return record.command.id === intent.wish.id ? [] : waits(record, intent.wish);
      if (record?.step !== basedOn) throw new RecordMovedError(intent.app);
      return [{ kind: "intended", ...intent }];
    }
    case "wait":
      if (!record || hasEnded(record)) throw new RecordMovedError(record?.app ?? command.wish.model);
      return waits(record, command.wish);
    case "say": {
      const { event, first, now } = command;
      return record?.events.some(({ id }) => id === event.id) ? [] : [{ kind: "has-to-say", event, first, now }];
    }
    case "step": {
      const isThis = record?.command.id === command.record.command.id && record.step === command.record.step;
      return isThis ? [{ kind: "stepped", outcome: command.outcome, now: command.now }] : [];
    }
  }
}

function waits({ app, waiting }: DeploymentRecord, wish: Wish): readonly DeploymentEvent[] {
  const longer = wait(waiting, wish, app);
  return longer === waiting ? [] : [{ kind: "waits", waiting: longer }];
}

const fresh = (now: Date) =>
  ({
    since: now.toISOString(),
    looks: 0,
    underWay: undefined,
    failedSince: undefined,
    why: undefined,
    saidStuck: false,
    lookAt: now.toISOString(),
  }) as const;

function evolve(record: DeploymentRecord | undefined, event: DeploymentEvent): DeploymentRecord | undefined {
  switch (event.kind) {
    case "intended": {
      const { app, wish, release, former, events, now } = event;
      return {
        app,
        model: wish.model,
        step: (record?.step ?? 0) + 1,
        command: wish,
        release,
        former,
        state: "intended",
        ...fresh(now),
        rounds: 0,
        settled: false,
        waiting: record?.waiting ?? [],
        events: [...(record?.events ?? []), ...events],
      };
    }
    case "waits":
      return record && { ...record, waiting: [...event.waiting] };
    case "has-to-say": {
      const { events, ...rest } = record ?? event.first;
      return { ...rest, events: [...events, event.event], lookAt: rest.lookAt ?? event.now.toISOString() };
    }
    case "stepped":
      return record && rested(stepped(record, event.outcome, event.now));
  }
}

/** A record that has nothing left to do says no more when to look again. */
function rested(record: DeploymentRecord): DeploymentRecord {
  if (!hasEnded(record) || !record.settled || record.events.length > 0) return record;
  return { ...record, state: record.state === "recorded" ? "announced" : record.state, lookAt: undefined };
}

function stepped(record: DeploymentRecord, outcome: Outcome, now: Date): DeploymentRecord {
  const next = { ...record, step: record.step + 1 };
  switch (outcome.kind) {
    case "looked": {
      const { why, lookAt, failedSince, saidStuck = record.saidStuck } = outcome;
      return { ...next, looks: record.looks + 1, why, failedSince, saidStuck, lookAt: lookAt.toISOString() };
    }
    case "begins": {
      const before = record.state === outcome.what ? record : { ...record, ...fresh(now), state: outcome.what };
      const tries = (before.underWay?.tries ?? 0) + 1;
      return { ...before, underWay: { tries, begunAt: now.toISOString(), accepted: false } };
    }
    case "accepted": {
      const { publication, lookAt } = outcome;
      const { tries, begunAt } = record.underWay ?? { tries: 1, begunAt: now.toISOString() };
      const underWay = { tries, begunAt, accepted: true, publication };
      return { ...next, underWay, looks: record.looks + 1, why: undefined, lookAt: lookAt.toISOString() };
    }
    case "came-to": {
      const { state, endpoint = record.endpoint } = outcome;
      return { ...next, ...fresh(now), state, endpoint };
    }
    case "turned-back":
      return { ...next, ...fresh(now), state: "intended", turnedBack: outcome.why, rounds: 0 };
    case "began-anew":
      return { ...next, ...fresh(now), state: "intended", rounds: record.rounds + 1, why: outcome.why };
    case "recorded":
      return { ...next, ...fresh(now), state: "recorded", events: [...record.events, ...outcome.events] };
    case "failed": {
      const { why, events } = outcome;
      const ended = {
        ...next,
        ...fresh(now),
        state: "failed" as const,
        why,
        failed: { step: record.step, state: record.state },
      };
      return { ...ended, events: [...record.events, ...events] };
    }
    case "given-up": {
      // It is asked for again, before all that waits.
      const waiting = [record.command, ...record.waiting.filter(({ id }) => id !== record.command.id)];
      return { ...next, ...fresh(now), state: "given-up", why: outcome.why, waiting };
    }
    case "announced":
      return {
        ...next,
        events: record.events.filter(({ id }) => id !== outcome.id),
        looks: 0,
        lookAt: now.toISOString(),
      };
    case "settled": {
      const { asked, lookAt } = outcome;
      const waiting = record.waiting.filter(({ id }) => !asked.includes(id));
      return { ...next, waiting, settled: true, lookAt: lookAt.toISOString() };
    }
  }
}

/** The deployment of an app, under way or the last; to begin with, there was none. */
export const deploymentDecider: Decider<DeploymentRecord | undefined, DeploymentCommand, DeploymentEvent> = {
  initial: undefined,
  decide,
  evolve,
};
