import { type Run, runIdOf, type TrainingSlot } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";

type Claim = NonNullable<TrainingSlot["running"]>;
type Waiting = NonNullable<TrainingSlot["waiting"]>;
type Reason = Run["reason"];

/** A wish to train, as a train-model message says it. */
export interface Ask {
  /** The message's id. */
  readonly command: string;
  readonly batches: readonly string[];
  readonly reason: Reason;
  readonly again?: string | undefined;
}

/** What a run would start from if it started now. */
export interface Ground {
  readonly definitionVersion: string;
  readonly warmStart: Run["warmStart"];
  readonly at: string;
}

/** What may be wanted of a slot. */
export type SlotCommand =
  /** Train: now, behind the running run, or not at all. */
  | { readonly kind: "train"; readonly ask: Ask; readonly ground: Ground }
  /** The run has ended, in whatever way. */
  | { readonly kind: "end"; readonly runId: string }
  /** Give the run's claim up, as nothing came of it. */
  | { readonly kind: "release"; readonly runId: string };

/** What happens to a slot. */
export type SlotEvent =
  | { readonly kind: "claimed"; readonly run: Claim }
  /** The wish is trained when the running run has ended. */
  | { readonly kind: "queued"; readonly ask: Ask; readonly behind: string }
  /** The wish needs no run: what it asks for is being done or has been done. */
  | { readonly kind: "settled"; readonly command: string; readonly why: string }
  | { readonly kind: "ended"; readonly runId: string }
  /** The claim is given up before anything ran: as if the message had never come, so that it can be replayed. */
  | { readonly kind: "released"; readonly runId: string };

/** How many ended runs and messages are remembered: far more than can be on their way twice. */
const remembered = 1000;

const urgency: readonly Reason[] = ["data", "schedule", "request"];

const remember = (list: readonly string[], id: string): string[] =>
  list.includes(id) ? [...list] : [...list, id].slice(-remembered);

const contains = (all: readonly string[], some: readonly string[]): boolean => {
  const set = new Set(all);
  return some.every((batch) => set.has(batch));
};

/** Two wishes as one: all batches, the stronger reason. */
function merge(first: Waiting | null, { batches, reason, again }: Pick<Ask, "batches" | "reason" | "again">): Waiting {
  const latestAgain = again ?? first?.again;
  return {
    batches: [...new Set([...(first?.batches ?? []), ...batches])].sort(),
    reason: first && urgency.indexOf(first.reason) > urgency.indexOf(reason) ? first.reason : reason,
    ...(latestAgain === undefined ? {} : { again: latestAgain }),
  };
}

/** Whether the running run does all that is asked. */
function isBeingDone(run: Claim, { batches, reason, again }: Ask, { definitionVersion }: Ground): boolean {
  if (!contains(run.batches, batches) || (again !== undefined && again !== run.again)) return false;
  return reason === "data" || again !== undefined || run.definitionVersion === definitionVersion;
}

/** The claim of the run that would come of a wish, and of all that waits, if it started now. */
function claimFor({ model, waiting, nextVersion }: TrainingSlot, ask: Ask, ground: Ground): Claim {
  const { batches, reason, again } = merge(waiting, ask);
  const { definitionVersion, warmStart, at } = ground;
  const retrial = again === undefined ? {} : { again };
  const runId = runIdOf({ model, definitionVersion, batches, warmStart: warmStart?.version ?? null, ...retrial });
  const lineage = { runId, version: String(nextVersion), batches, definitionVersion, warmStart, reason, ...retrial };
  return { ...lineage, command: ask.command, claimedAt: at };
}

/** One run per model at a time; what is asked meanwhile goes into the next, as one. */
function decideToTrain(slot: TrainingSlot, ask: Ask, ground: Ground): SlotEvent {
  const { running, waiting, last, ended } = slot;
  const { command } = ask;
  const settled = (why: string): SlotEvent => ({ kind: "settled", command, why });
  if (running && isBeingDone(running, ask, ground)) return settled(`the run ${running.runId} trains on these batches`);
  if (running) return { kind: "queued", ask, behind: running.runId };
  if (ask.reason === "data" && ask.again === undefined && last && contains(last.batches, ask.batches) && !waiting)
    return settled(`the run ${last.runId} has trained on these batches`);
  const run = claimFor(slot, ask, ground);
  if (ended.includes(run.runId)) return settled(`the run ${run.runId} on the same input has ended`);
  return { kind: "claimed", run };
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

/**
 * What happens to a slot because of a command. A wish that was taken in before changes nothing, nor does the end of a run
 * that does not hold the slot.
 */
function decide(slot: TrainingSlot, command: SlotCommand): readonly SlotEvent[] {
  const { running, commands } = slot;
  switch (command.kind) {
    case "train": {
      const { ask, ground } = command;
      const takenIn = running?.command === ask.command || commands.includes(ask.command);
      return takenIn ? [] : [decideToTrain(slot, ask, ground)];
    }
    case "end":
      return running?.runId === command.runId ? [{ kind: "ended", runId: command.runId }] : [];
    case "release":
      return running?.runId === command.runId ? [{ kind: "released", runId: command.runId }] : [];
  }
}

/** The slot after an event. An event that concerns it no more changes nothing: the very same object is given back. */
export function evolve(slot: TrainingSlot, event: SlotEvent): TrainingSlot {
  switch (event.kind) {
    case "claimed": {
      const commands = remember(slot.commands, event.run.command);
      return { ...slot, running: event.run, waiting: null, nextVersion: slot.nextVersion + 1, commands };
    }
    case "queued":
      return {
        ...slot,
        waiting: merge(slot.waiting, event.ask),
        commands: remember(slot.commands, event.ask.command),
      };
    case "settled": {
      if (slot.commands.includes(event.command)) return slot;
      // With the slot free, the wish stood for all that waited as well.
      return { ...slot, waiting: slot.running ? slot.waiting : null, commands: remember(slot.commands, event.command) };
    }
    case "ended": {
      if (slot.running?.runId !== event.runId) return slot;
      const { runId, definitionVersion, batches } = slot.running;
      return {
        ...slot,
        running: null,
        last: { runId, definitionVersion, batches },
        ended: remember(slot.ended, runId),
      };
    }
    case "released": {
      if (slot.running?.runId !== event.runId) return slot;
      const { command } = slot.running;
      return { ...slot, running: null, commands: slot.commands.filter((id) => id !== command) };
    }
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
