import type { Admissions } from "@ratchet/contracts";

type Batch = Admissions["batches"][number];

/** What happens to a model's admissions. */
export type AdmissionsEvent =
  | ({ readonly kind: "admitted" } & Readonly<Batch>)
  /** A train-model command with these batches was sent. */
  | { readonly kind: "training-asked"; readonly batches: readonly string[] }
  /** The schedule was looked at, up to and including this time. */
  | { readonly kind: "schedule-seen"; readonly at: string };

export const noAdmissions = (model: string): Admissions => ({ model, batches: [], pending: null });

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
      const { batch, file, admittedAt } = event;
      if (state.batches.some((known) => known.batch === batch)) return state;
      const batches = inOrder([...state.batches, { batch, file, admittedAt }]);
      return { ...state, batches, pending: pendingOf(batches, waiting.add(batch)) };
    }
    case "training-asked": {
      const left = new Set([...waiting].filter((batch) => !event.batches.includes(batch)));
      return left.size === waiting.size ? state : { ...state, pending: pendingOf(state.batches, left) };
    }
    case "schedule-seen":
      return state.scheduledAt !== undefined && state.scheduledAt >= event.at
        ? state
        : { ...state, scheduledAt: event.at };
  }
}
