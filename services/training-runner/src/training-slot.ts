import { type Run, runIdOf, type TrainingSlot } from "@ratchet/contracts";

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

/** What to do about a wish to train. */
export type Step =
  /** Claim the slot for this run and submit it. */
  | { readonly kind: "start"; readonly run: Claim }
  /** The claim is this message's own, from an earlier delivery: submit it, as far as that is still to do. */
  | { readonly kind: "resume"; readonly run: Claim }
  /** Train when the running one has ended. */
  | { readonly kind: "queue"; readonly behind: string }
  /** It is being done or has been done. */
  | { readonly kind: "ignore"; readonly why: string };

/** What happens to a slot. */
export type SlotEvent =
  | { readonly kind: "claimed"; readonly run: Claim }
  | { readonly kind: "queued"; readonly ask: Ask }
  /** A wish that needs no run. */
  | { readonly kind: "settled"; readonly command: string }
  | { readonly kind: "ended"; readonly runId: string }
  /** The claim is given up before anything ran: as if the message had never come, so that it can be replayed. */
  | { readonly kind: "released"; readonly runId: string };

/** How many ended runs and messages are remembered: far more than can be on their way twice. */
const remembered = 1000;

const urgency: readonly Reason[] = ["data", "schedule", "request"];

export const emptySlot = (model: string): TrainingSlot => ({
  model,
  nextVersion: 1,
  running: null,
  waiting: null,
  last: null,
  ended: [],
  commands: [],
});

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

/** Decides about a wish to train. One run per model at a time; what is asked meanwhile goes into the next, as one. */
export function nextStep(slot: TrainingSlot, ask: Ask, ground: Ground): Step {
  const { running, waiting, last, commands, ended, model } = slot;
  if (running?.command === ask.command) return { kind: "resume", run: running };
  if (commands.includes(ask.command)) return { kind: "ignore", why: "the message was taken in before" };
  if (running && isBeingDone(running, ask, ground))
    return { kind: "ignore", why: `the run ${running.runId} trains on these batches` };
  if (running) return { kind: "queue", behind: running.runId };
  if (ask.reason === "data" && ask.again === undefined && last && contains(last.batches, ask.batches) && !waiting)
    return { kind: "ignore", why: `the run ${last.runId} has trained on these batches` };

  const { batches, reason, again } = merge(waiting, ask);
  const { definitionVersion, warmStart, at } = ground;
  const retrial = again === undefined ? {} : { again };
  const runId = runIdOf({ model, definitionVersion, batches, warmStart: warmStart?.version ?? null, ...retrial });
  if (ended.includes(runId)) return { kind: "ignore", why: `the run ${runId} on the same input has ended` };
  const version = String(slot.nextVersion);
  const claim = { runId, version, batches, definitionVersion, warmStart, reason, ...retrial };
  return { kind: "start", run: { ...claim, command: ask.command, claimedAt: at } };
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

/** The event that a decision makes of a wish; none where nothing changes. */
export function eventOf(step: Step, ask: Ask): SlotEvent | undefined {
  switch (step.kind) {
    case "start":
      return { kind: "claimed", run: step.run };
    case "queue":
      return { kind: "queued", ask };
    case "ignore":
      return { kind: "settled", command: ask.command };
    case "resume":
      return undefined;
  }
}
