import {
  dataAdmitted,
  dataRefused,
  type Envelope,
  modelJudged,
  modelPromoted,
  modelRolledBack,
  trainingEnded,
  trainingStarted,
} from "@ratchet/contracts";
import { emptyView, type ModelView } from "./view.ts";

/** The model that an event is about; undefined for those that are about none. */
export function modelOf(event: Envelope): string | undefined {
  const { data } = event;
  return typeof data === "object" && data !== null && "model" in data && typeof data.model === "string"
    ? data.model
    : undefined;
}

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
 * A model's view after one more event. Events set disjoint fields under their own keys, so any order and any repetition
 * of the same events ends in the same view.
 */
export function project(view: ModelView | undefined, event: Envelope): ModelView | undefined {
  const model = modelOf(event);
  if (model === undefined) return view;
  const current = view ?? emptyView(model);
  if (dataAdmitted.is(event)) {
    const { batch, file, rows } = event.data;
    return { ...current, batches: { ...current.batches, [batch]: { file, ...rows, at: event.time } } };
  }
  if (dataRefused.is(event)) {
    const { file, code, reason, row, column } = event.data;
    const refusal = { file, code, reason, at: event.time, ...(row ? { row } : {}), ...(column ? { column } : {}) };
    return { ...current, refusals: newest({ ...current.refusals, [event.id]: refusal }, keptRefusals) };
  }
  if (trainingStarted.is(event)) {
    const { runId, version, batches, warmStart, reason } = event.data;
    const known = current.runs[runId];
    const started = { runId, version, batches: batches.length, warmStart, reason, startedAt: event.time };
    return {
      ...current,
      runs: { ...current.runs, [runId]: { ...known, ...started, status: known?.status ?? "running" } },
    };
  }
  if (trainingEnded.is(event)) {
    const { runId, status, endedAt, reason } = event.data;
    const ended = { runId, status, endedAt, ...(reason ? { failure: reason } : {}) };
    return { ...current, runs: { ...current.runs, [runId]: { ...current.runs[runId], ...ended } } };
  }
  if (modelJudged.is(event)) {
    const { version, runId, champion, decision, reasons, comparison } = event.data;
    const judged = { version, champion, decision, reasons, comparison, judgedAt: event.time };
    return { ...current, verdicts: { ...current.verdicts, [version]: runId ? { ...judged, runId } : judged } };
  }
  if (modelPromoted.is(event) || modelRolledBack.is(event)) {
    const { version, cause, endpoint, reason } = event.data;
    const release = { version, since: event.time, cause, endpoint, ...(reason ? { reason } : {}) };
    return { ...current, releases: { ...current.releases, [event.id]: release } };
  }
  return current;
}
