import {
  dataAdmitted,
  dataRefused,
  type Envelope,
  type ModelView,
  modelJudged,
  modelPromoted,
  modelRolledBack,
  type ReleaseView,
  trainingEnded,
  trainingStarted,
} from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";

/** What a view is made of. Events of other types, later versions' among them, are kept and tell it nothing. */
const told = [dataAdmitted, dataRefused, trainingStarted, trainingEnded, modelJudged, modelPromoted, modelRolledBack];

/** The model whose view an event tells something; undefined where it tells no view anything. */
export function modelOf(event: Envelope): string | undefined {
  return told.some((contract) => contract.is(event)) ? (event.data as { readonly model: string }).model : undefined;
}

/** The view of a model of which nothing is known. */
export const initial = (model: string): ModelView => ({
  model,
  batches: {},
  refusals: {},
  runs: {},
  verdicts: {},
  releases: {},
});

/** Refusals are kept for the operator to read, not for ever. */
const keptRefusals = 200;

function newest<T extends { readonly at: string }>(
  entries: Readonly<Record<string, T>>,
  count: number,
): Record<string, T> {
  const sorted = Object.entries(entries).sort(([idA, a], [idB, b]) =>
    a.at === b.at ? (idA < idB ? -1 : 1) : a.at < b.at ? 1 : -1,
  );
  return Object.fromEntries(sorted.slice(0, count));
}

/**
 * A model's view after one more event. Events set disjoint fields under their own keys, or one of them counts before the
 * other, so any order and any repetition of the same events ends in the same view.
 */
export function evolve(view: ModelView, event: Envelope): ModelView {
  if (dataAdmitted.is(event)) {
    const { batch, file, rows } = event.data;
    return { ...view, batches: { ...view.batches, [batch]: { file, ...rows, at: event.time } } };
  }
  if (dataRefused.is(event)) {
    const { file, code, reason, row, column } = event.data;
    const refusal = { file, code, reason, at: event.time, ...(row ? { row } : {}), ...(column ? { column } : {}) };
    return { ...view, refusals: newest({ ...view.refusals, [event.id]: refusal }, keptRefusals) };
  }
  if (trainingStarted.is(event)) {
    const { runId, version, batches, warmStart, reason } = event.data;
    const known = view.runs[runId];
    // The number was meant then; the one that the registry has confirmed since stands, in whichever order they come.
    const meant = known?.endedAt === undefined ? version : (known.version ?? version);
    const started = { runId, version: meant, batches: batches.length, warmStart, reason, startedAt: event.time };
    return {
      ...view,
      runs: { ...view.runs, [runId]: { ...known, ...started, status: known?.status ?? "running" } },
    };
  }
  if (trainingEnded.is(event)) {
    const { runId, status, endedAt, reason, version } = event.data;
    const ended = { runId, status, endedAt, ...(version ? { version } : {}), ...(reason ? { failure: reason } : {}) };
    return { ...view, runs: { ...view.runs, [runId]: { ...view.runs[runId], ...ended } } };
  }
  if (modelJudged.is(event)) {
    const { version, runId, champion, decision, reasons, comparison } = event.data;
    const judged = { version, champion, decision, reasons, comparison, judgedAt: event.time };
    // A version may be judged again: its latest verdict counts, whichever is told last.
    if ((view.verdicts[version]?.judgedAt ?? "") > event.time) return view;
    return { ...view, verdicts: { ...view.verdicts, [version]: runId ? { ...judged, runId } : judged } };
  }
  if (modelPromoted.is(event) || modelRolledBack.is(event)) {
    const { version, cause, endpoint, reason } = event.data;
    const release = { version, since: event.time, cause, endpoint, ...(reason ? { reason } : {}) };
    return { ...view, releases: { ...view.releases, [event.id]: release } };
  }
  return view;
}

/** A model's view moves by what services state: what is told has happened. */
export const viewDeciderOf = (model: string): Decider<ModelView, Envelope, Envelope> => ({
  initial: initial(model),
  decide: (_, told) => [told],
  evolve,
});

/** The release in production: the latest change of it. */
export function championOf({ releases }: ModelView): ReleaseView | null {
  const [latest] = Object.values(releases).sort((a, b) => (a.since < b.since ? 1 : -1));
  return latest ?? null;
}
