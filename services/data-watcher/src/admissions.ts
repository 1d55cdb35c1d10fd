import type { Admissions } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";

type Batch = Admissions["batches"][number];

/** What is asked of a model's admissions. */
export type AdmissionsCommand =
  /** Take in a batch; its drop may be announced again. */
  | ({ readonly kind: "admit" } & Readonly<Batch>)
  /** Write down that a train-model command with these batches was sent. */
  | { readonly kind: "ask-for-training"; readonly batches: readonly string[] }
  /** Write down that it was said that the batches which wait do so in vain. */
  | { readonly kind: "say-stuck" }
  /** Write down that the schedule was looked at, up to and including this time. */
  | { readonly kind: "see-schedule"; readonly at: string };

/** What happens to a model's admissions. */
export type AdmissionsEvent =
  | ({ readonly kind: "admitted" } & Readonly<Batch>)
  /** These batches have ceased to wait: a train-model command was sent with them. */
  | { readonly kind: "training-asked"; readonly batches: readonly string[] }
  /** It was said of the batches that wait since then. */
  | { readonly kind: "stuck-said"; readonly since: string }
  | { readonly kind: "schedule-seen"; readonly at: string };

/** The admissions of a model of which nothing was dropped yet. */
export const initial = (model: string): Admissions => ({ model, batches: [], pending: null });

const isKnown = ({ batches }: Admissions, batch: string): boolean => batches.some((known) => known.batch === batch);

const isSeen = ({ scheduledAt }: Admissions, at: string): boolean => scheduledAt !== undefined && scheduledAt >= at;

/** Whether it was said that the batches which wait now do so in vain. */
export const isSaidStuck = ({ pending, stuckSince }: Admissions): boolean =>
  pending !== null && pending.since === stuckSince;

/**
 * What happens because of a command. A known batch is not admitted again, of the batches asked for only those that
 * wait cease to wait, and a schedule is not seen backwards.
 */
export function decide(state: Admissions, command: AdmissionsCommand): readonly AdmissionsEvent[] {
  switch (command.kind) {
    case "admit": {
      return isKnown(state, command.batch) ? [] : [{ ...command, kind: "admitted" }];
    }
    case "ask-for-training": {
      const batches = state.pending?.batches.filter((batch) => command.batches.includes(batch)) ?? [];
      return batches.length === 0 ? [] : [{ kind: "training-asked", batches }];
    }
    case "say-stuck":
      return state.pending && !isSaidStuck(state) ? [{ kind: "stuck-said", since: state.pending.since }] : [];
    case "see-schedule":
      return isSeen(state, command.at) ? [] : [{ kind: "schedule-seen", at: command.at }];
  }
}

const inOrder = (batches: readonly Batch[]): Batch[] =>
  [...batches].sort((a, b) => (a.admittedAt + a.batch < b.admittedAt + b.batch ? -1 : 1));

/** What waits, in the order of admission, with the span of time in which it came. */
function pendingOf(batches: readonly Batch[], waiting: ReadonlySet<string>): Admissions["pending"] {
  const pending = batches.filter(({ batch }) => waiting.has(batch));
  const [first, last] = [pending[0], pending.at(-1)];
  if (!first || !last) return null;
  return { since: first.admittedAt, latest: last.admittedAt, batches: pending.map(({ batch }) => batch) };
}

/**
 * The admissions after an event. Batches stand in the order of admission whatever the order in which they are told, and
 * telling a thing twice changes nothing: the very same object is given back.
 */
export function evolve(state: Admissions, event: AdmissionsEvent): Admissions {
  const waiting = new Set(state.pending?.batches);
  switch (event.kind) {
    case "admitted": {
      const { kind: _, ...batch } = event;
      if (isKnown(state, batch.batch)) return state;
      const batches = inOrder([...state.batches, batch]);
      return { ...state, batches, pending: pendingOf(batches, waiting.add(batch.batch)) };
    }
    case "training-asked": {
      const left = new Set([...waiting].filter((batch) => !event.batches.includes(batch)));
      return left.size === waiting.size ? state : { ...state, pending: pendingOf(state.batches, left) };
    }
    case "stuck-said":
      return state.stuckSince === event.since ? state : { ...state, stuckSince: event.since };
    case "schedule-seen":
      return isSeen(state, event.at) ? state : { ...state, scheduledAt: event.at };
  }
}

/** How the admissions of a model move. */
export const admissionsDeciderOf = (model: string): Decider<Admissions, AdmissionsCommand, AdmissionsEvent> => ({
  initial: initial(model),
  decide,
  evolve,
});
