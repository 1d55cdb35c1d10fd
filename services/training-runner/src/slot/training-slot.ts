import type { TrainingSlot } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";
import { affordableAt, whyHeld } from "./budget.ts";
import { type Allowance, evolve, type Outcome, type SlotEvent } from "./slot-events.ts";
import {
  type Ask,
  type Claim,
  claimFor,
  dataFor,
  type Ground,
  isBeingDone,
  merge,
  reaches,
  type Waiting,
  type Wish,
} from "./wish.ts";

/** What may be wanted of a slot. Instants are ISO 8601. */
export type SlotCommand =
  /** Train: now, behind the running run, or not at all. */
  | { readonly kind: "train"; readonly ask: Ask; readonly ground: Ground }
  /** The run has ended, in whatever way. */
  | { readonly kind: "end"; readonly runId: string; readonly outcome: Outcome }
  /** Give a claim up, as nothing came of it: for trouble where it could not be submitted. What it was for waits again. */
  | {
      readonly kind: "release";
      readonly claim: Pick<Claim, "runId" | "claim" | "claimedAt" | "definitionVersion">;
      readonly trouble?: string;
      readonly at: string;
    }
  /** What waits is about to be asked for. */
  | { readonly kind: "ask"; readonly at: string }
  | { readonly kind: "allow"; readonly allowance: Allowance }
  | { readonly kind: "tell-held" }
  | { readonly kind: "tell-trouble" }
  | { readonly kind: "see-stray"; readonly runId: string; readonly at: string }
  | { readonly kind: "tell-stray"; readonly runId: string };

const minute = 60_000;

/** How long what was asked for may take to be taken up before it is asked for again, in milliseconds. */
export const askedAgainAfter = 5 * minute;

const later = (at: string, milliseconds: number): string => new Date(Date.parse(at) + milliseconds).toISOString();

/** How long to wait after so many claims that came to nothing: ten minutes, twice as long each time, six hours at most. */
export const patienceAfter = (claims: number): number => Math.min(10 * minute * 2 ** (claims - 1), 360 * minute);

/** Takes a slot that is free for a wish, or has it wait for its budget; or there is nothing to do. */
function start(slot: TrainingSlot, wish: Waiting, ask: Ask, ground: Ground): readonly SlotEvent[] {
  const { budget, at } = ground;
  const { command } = ask;
  const dataset = dataFor(wish, ground);
  if (!dataset)
    return [{ kind: "settled", command, why: "nothing is admitted that trains, or all of it was withdrawn" }];
  const run = claimFor(slot, wish, dataset, command, ground);
  if (slot.ended.includes(run.runId))
    return [{ kind: "settled", command, why: `the run ${run.runId} on the same input has ended` }];
  const until = wish.beyondBudget ? undefined : affordableAt(slot, budget, new Date(at)).toISOString();
  if (!budget || until === undefined || until <= at) return [{ kind: "claimed", run }];
  const held = slot.waiting?.held;
  if (ask.waited && held?.until === until) return [];
  const reason = whyHeld(slot, budget, new Date(at));
  return [{ kind: "held", ask, since: held?.since ?? at, until, reason, batches: dataset.batches }];
}

/** One run per model at a time; what is asked meanwhile goes into the next, as one. */
function decideToTrain(slot: TrainingSlot, ask: Ask, ground: Ground): readonly SlotEvent[] {
  const { running, waiting, last } = slot;
  const { command, reason, again, through } = ask;
  const settled = (why: string): readonly SlotEvent[] => [{ kind: "settled", command, why }];
  if (running && isBeingDone(running, ask, ground)) return settled(`the run ${running.runId} trains on this data`);
  if (running) return [{ kind: "queued", ask, behind: running.runId }];
  if (
    reason === "data" &&
    again === undefined &&
    last?.through !== undefined &&
    reaches(last.through, through) &&
    !waiting
  )
    return settled(`the run ${last.runId} has trained on this data`);
  return start(slot, merge(waiting, ask), ask, ground);
}

/** What becomes of what waits where its time has come: nothing where the slot is not free, or where somebody was first. */
function decideToTakeUp(slot: TrainingSlot, ask: Ask, ground: Ground): readonly SlotEvent[] {
  const { running, waiting } = slot;
  return running || !waiting ? [] : start(slot, waiting, { ...ask, waited: true }, ground);
}

/** What a run would be for that started now because of a wish; null where none starts, as one holds the slot. */
export function startable({ running, waiting, commands }: TrainingSlot, ask: Ask): Wish | null {
  if (running) return null;
  const isKnown = ask.waited || commands.includes(ask.command);
  return isKnown ? waiting : merge(waiting, ask);
}

/** A run that failed is tried again as a run of its own, as often as its definition said when it was claimed. */
function endOf(run: Claim, outcome: Outcome): SlotEvent {
  const { runId, dataset, reason, coldStart, beyondBudget, attempt = 1, attempts = 1 } = run;
  const ended = { kind: "ended", runId, outcome, lookAt: later(outcome.endedAt, askedAgainAfter) } as const;
  if (outcome.status !== "failed" || attempt >= attempts) return ended;
  const next = attempt + 1;
  const again = `${runId}/attempt/${next}`;
  return { ...ended, retry: { through: dataset?.through, reason, coldStart, beyondBudget, again, attempt: next } };
}

function releaseOf(slot: TrainingSlot, { claim, trouble, at }: SlotCommand & { readonly kind: "release" }): SlotEvent {
  const { runId, definitionVersion } = claim;
  if (trouble === undefined)
    return { kind: "released", runId, lookAt: later(at, askedAgainAfter), trouble: slot.trouble };
  const { since = at, claims = 0, told = false } = slot.trouble ?? {};
  return {
    kind: "released",
    runId,
    lookAt: later(at, patienceAfter(claims + 1)),
    trouble: { since, claims: claims + 1, reason: trouble, definitionVersion, told },
  };
}

/** A slot that was never claimed. */
export const initial = (model: string): TrainingSlot => ({
  model,
  nextVersion: 1,
  running: null,
  waiting: null,
  last: null,
  ended: [],
  commands: [],
});

/** Whether a run's claim holds the slot; one that was given up and made anew is another claim. */
export const holds = (
  { running }: Pick<TrainingSlot, "running">,
  { runId, claim, claimedAt }: Pick<Claim, "runId" | "claim" | "claimedAt">,
): boolean => running?.runId === runId && running.claim === claim && running.claimedAt === claimedAt;

/**
 * What happens to a slot because of a command. A wish that was taken in before is no new one: it only has what waits
 * taken up. Nor does the end or the release of a claim that does not hold the slot change anything.
 */
function decide(slot: TrainingSlot, command: SlotCommand): readonly SlotEvent[] {
  const { running, waiting, commands, allowed = [], strays = [] } = slot;
  switch (command.kind) {
    case "train": {
      const { ask, ground } = command;
      return ask.waited || commands.includes(ask.command)
        ? decideToTakeUp(slot, ask, ground)
        : decideToTrain(slot, ask, ground);
    }
    case "end":
      return running?.runId === command.runId ? [endOf(running, command.outcome)] : [];
    case "release":
      return holds(slot, command.claim) ? [releaseOf(slot, command)] : [];
    case "ask":
      return waiting && !running ? [{ kind: "asked", lookAt: later(command.at, askedAgainAfter) }] : [];
    case "allow":
      return allowed.some(({ request }) => request === command.allowance.request)
        ? []
        : [{ kind: "allowed", allowance: command.allowance }];
    case "tell-held":
      return waiting?.held && !waiting.held.told ? [{ kind: "held-told" }] : [];
    case "tell-trouble":
      return slot.trouble && !slot.trouble.told ? [{ kind: "trouble-told" }] : [];
    case "see-stray":
      return strays.some(({ runId }) => runId === command.runId)
        ? []
        : [{ kind: "stray-seen", runId: command.runId, since: command.at }];
    case "tell-stray":
      return strays.some(({ runId, told }) => runId === command.runId && !told)
        ? [{ kind: "stray-told", runId: command.runId }]
        : [];
  }
}

/** The training slot of a model. */
export const slotDeciderOf = (model: string): Decider<TrainingSlot, SlotCommand, SlotEvent> => ({
  initial: initial(model),
  decide,
  evolve,
});

/** What is to be trained now: all that waits, where the slot is free. */
export const dueIn = ({ running, waiting }: TrainingSlot): Waiting | null => (running ? null : waiting);
