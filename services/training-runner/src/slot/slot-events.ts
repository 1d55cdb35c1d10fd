import type { TrainingSlot } from "@ratchet/contracts";
import { spend } from "./budget.ts";
import { type Ask, type Claim, merge, type Wish } from "./wish.ts";

/** How a run has ended, as far as its slot is concerned. Instants are ISO 8601. */
export interface Outcome {
  readonly status: "completed" | "failed" | "canceled" | "timed-out";
  /** The version that the registry has confirmed, where the run completed. */
  readonly version?: string | undefined;
  /** When its job began to run, if it ever did. */
  readonly startedAt?: string | undefined;
  readonly endedAt: string;
}

export type Allowance = NonNullable<TrainingSlot["allowed"]>[number];

/** What happens to a slot. */
export type SlotEvent =
  | { readonly kind: "claimed"; readonly run: Claim }
  /** The wish is trained when the running run has ended. */
  | { readonly kind: "queued"; readonly ask: Ask; readonly behind: string }
  /** The wish waits for its budget. */
  | {
      readonly kind: "held";
      readonly ask: Ask;
      readonly since: string;
      readonly until: string;
      readonly reason: string;
      /** How many it is to train on. */
      readonly batches: number;
    }
  /** The wish needs no run: what it asks for is being done or has been done. */
  | { readonly kind: "settled"; readonly command: string; readonly why: string }
  /** Where the run is to be tried again, `retry` says of what. What waits is asked for at once, and again at `lookAt`. */
  | {
      readonly kind: "ended";
      readonly runId: string;
      readonly outcome: Outcome;
      readonly retry?: Wish;
      readonly lookAt: string;
    }
  /** The claim is given up before anything ran, and what it was for waits again. */
  | {
      readonly kind: "released";
      readonly runId: string;
      readonly lookAt: string;
      readonly trouble: TrainingSlot["trouble"];
    }
  /** What waits was asked for; should nothing come of it, it is asked for again at `lookAt`. */
  | { readonly kind: "asked"; readonly lookAt: string }
  | { readonly kind: "allowed"; readonly allowance: Allowance }
  /** An operator was told that what waits is held, that claims come to nothing, that a job runs which the slot does not know. */
  | { readonly kind: "held-told" }
  | { readonly kind: "trouble-told" }
  | { readonly kind: "stray-seen"; readonly runId: string; readonly since: string }
  | { readonly kind: "stray-told"; readonly runId: string };

/** How many ended runs and messages are remembered: far more than can be on their way twice. */
const remembered = 1000;
/** How many allowances and strays are remembered. */
const noted = 100;

const remember = (list: readonly string[], id: string): string[] =>
  list.includes(id) ? [...list] : [...list, id].slice(-remembered);

/** What a run was claimed for. */
const wishOf = ({ dataset, reason, again, coldStart, attempt, beyondBudget }: Claim): Wish => ({
  through: dataset?.through,
  reason,
  again,
  coldStart,
  attempt,
  beyondBudget,
});

/** The slot after the end of the run that holds it. */
function afterEnd(slot: TrainingSlot, run: Claim, { outcome, retry, lookAt }: SlotEvent & { readonly kind: "ended" }) {
  const { runId, definitionVersion, dataset } = run;
  const waiting = retry ? merge(slot.waiting, retry) : slot.waiting;
  const { uncompleted = [] } = slot;
  return {
    ...slot,
    running: null,
    waiting: waiting && { ...waiting, lookAt },
    last: { runId, definitionVersion, through: dataset?.through },
    ended: remember(slot.ended, runId),
    uncompleted: outcome.status === "completed" ? uncompleted : remember(uncompleted, runId),
    spent: spend(slot.spent, outcome),
    nextVersion: Math.max(slot.nextVersion, Number(outcome.version ?? 0) + 1),
    trouble: undefined,
  };
}

/** The slot after an event. An event that concerns it no more changes nothing: the very same object is given back. */
export function evolve(slot: TrainingSlot, event: SlotEvent): TrainingSlot {
  const { running, waiting, commands, strays = [] } = slot;
  switch (event.kind) {
    case "claimed": {
      const { run } = event;
      const [nextVersion, claims] = [slot.nextVersion + 1, run.claim];
      return { ...slot, running: run, waiting: null, nextVersion, claims, commands: remember(commands, run.command) };
    }
    case "queued":
      return { ...slot, waiting: merge(waiting, event.ask), commands: remember(commands, event.ask.command) };
    case "held": {
      const { ask, since, until, reason, batches } = event;
      const held = { since, until, reason, batches, told: waiting?.held?.told ?? false };
      const wish = ask.waited && waiting ? waiting : merge(waiting, ask);
      return { ...slot, waiting: { ...wish, lookAt: until, held }, commands: remember(commands, ask.command) };
    }
    case "settled": {
      // With the slot free, the wish stood for all that waited as well.
      if (commands.includes(event.command) && (running || !waiting)) return slot;
      return { ...slot, waiting: running ? waiting : null, commands: remember(commands, event.command) };
    }
    case "ended":
      return running?.runId === event.runId ? afterEnd(slot, running, event) : slot;
    case "released": {
      if (running?.runId !== event.runId) return slot;
      const { lookAt, trouble } = event;
      return { ...slot, running: null, waiting: { ...merge(waiting, wishOf(running)), lookAt }, trouble };
    }
    case "asked":
      return waiting ? { ...slot, waiting: { ...waiting, lookAt: event.lookAt } } : slot;
    case "allowed":
      return { ...slot, allowed: [...(slot.allowed ?? []), event.allowance].slice(-noted) };
    case "held-told":
      return waiting?.held ? { ...slot, waiting: { ...waiting, held: { ...waiting.held, told: true } } } : slot;
    case "trouble-told":
      return slot.trouble ? { ...slot, trouble: { ...slot.trouble, told: true } } : slot;
    case "stray-seen":
      return { ...slot, strays: [...strays, { runId: event.runId, since: event.since, told: false }].slice(-noted) };
    case "stray-told":
      return { ...slot, strays: strays.map((one) => (one.runId === event.runId ? { ...one, told: true } : one)) };
  }
}
