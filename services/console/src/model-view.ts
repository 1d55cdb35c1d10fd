import {
  dataAdmitted,
  dataRefused,
  type Envelope,
  keptInModelView,
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

/** The entries with one more, without the oldest where they would be too many. @param timeOf ISO 8601, UTC */
function withEntry<Entry>(
  entries: Readonly<Record<string, Entry>>,
  id: string,
  entry: Entry,
  timeOf: (entry: Entry) => string,
): Record<string, Entry> {
  const all = { ...entries, [id]: entry };
  if (Object.keys(all).length <= keptInModelView) return all;
  const newest = Object.entries(all).sort(([idA, a], [idB, b]) => {
    const [timeA, timeB] = [timeOf(a), timeOf(b)];
    return timeA === timeB ? (idA < idB ? -1 : 1) : timeA < timeB ? 1 : -1;
  });
  return Object.fromEntries(newest.slice(0, keptInModelView));
}

type RunView = ModelView["runs"][string];

/** A run whose start was not told yet is of the time of its end. */
const beganAt = ({ startedAt, endedAt }: RunView): string => startedAt ?? endedAt ?? "";

const at = (entry: { readonly at: string }): string => entry.at;

/**
 * A model's view after one more event. Events set disjoint fields under their own keys, or one of them counts before the
 * other, so any order and any repetition of the same events ends in the same view.
 */
export function evolve(view: ModelView, event: Envelope): ModelView {
  if (dataAdmitted.is(event)) {
    const { batch, file, rows } = event.data;
    return { ...view, batches: withEntry(view.batches, batch, { file, ...rows, at: event.time }, at) };
  }
  if (dataRefused.is(event)) {
    const { file, code, reason, row, column } = event.data;
    const refusal = { file, code, reason, at: event.time, ...(row ? { row } : {}), ...(column ? { column } : {}) };
    return { ...view, refusals: withEntry(view.refusals, event.id, refusal, at) };
  }
  if (trainingStarted.is(event)) {
    const { runId, version, batches, warmStart, reason } = event.data;
    const known = view.runs[runId];
    // The number was meant then; the one that the registry has confirmed since stands, in whichever order they come.
    const meant = known?.endedAt === undefined ? version : (known.version ?? version);
    const started = { runId, version: meant, batches: batches.length, warmStart, reason, startedAt: event.time };
    const run: RunView = { ...known, ...started, status: known?.status ?? "running" };
    return { ...view, runs: withEntry(view.runs, runId, run, beganAt) };
  }
  if (trainingEnded.is(event)) {
    const { runId, status, endedAt, reason, version } = event.data;
    const ended = { runId, status, endedAt, ...(version ? { version } : {}), ...(reason ? { failure: reason } : {}) };
    const run: RunView = { ...view.runs[runId], ...ended };
    return { ...view, runs: withEntry(view.runs, runId, run, beganAt) };
  }
  if (modelJudged.is(event)) {
    const { version, runId, champion, decision, reasons, comparison } = event.data;
    const judged = { version, champion, decision, reasons, comparison, judgedAt: event.time };
    // A version may be judged again: its latest verdict counts, whichever is told last.
    if ((view.verdicts[version]?.judgedAt ?? "") > event.time) return view;
    const entry = runId ? { ...judged, runId } : judged;
    return { ...view, verdicts: withEntry(view.verdicts, version, entry, ({ judgedAt }) => judgedAt) };
  }
  if (modelPromoted.is(event) || modelRolledBack.is(event)) {
    const { version, cause, endpoint, reason } = event.data;
    const release = { version, since: event.time, cause, endpoint, ...(reason ? { reason } : {}) };
    return { ...view, releases: withEntry(view.releases, event.id, release, ({ since }) => since) };
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
