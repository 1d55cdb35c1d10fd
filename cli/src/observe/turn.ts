import {
  type DataAdmitted,
  dataAdmitted,
  dataQuarantined,
  type ModelJudged,
  type ModelPromoted,
  modelJudged,
  modelPromoted,
  mostBatchesNamed,
  type TrainingEnded,
  type TrainingStarted,
  trainingEnded,
  trainingStarted,
} from "@ratchet/contracts";
import type { Progress } from "../progress.ts";
import type { Observer } from "./observer.ts";
import { patience } from "./patience.ts";

/** A dropped file is in quarantine, so nothing comes of it by itself. */
class QuarantinedError extends Error {
  override readonly name = "QuarantinedError";

  constructor(file: string, { model, batch }: { readonly model: string; readonly batch: string }, why: string) {
    super(
      `${file} is in quarantine: ${why} \`ratchet batches show ${model} ${batch}\` says more; admit or withdraw it`,
    );
  }
}

/** Waits until a file was admitted. @throws {QuarantinedError} when it is in quarantine. */
async function untilAdmitted(observer: Observer, file: string): Promise<DataAdmitted> {
  const become = await observer.waitForAny(
    [dataAdmitted, dataQuarantined],
    ({ data }) => (data as DataAdmitted["data"]).file === file,
    patience.soon,
  );
  if (dataQuarantined.is(become)) throw new QuarantinedError(file, become.data, become.data.suspicion.summary);
  return become as DataAdmitted;
}

/** One turn of the loop as its events tell it. */
export interface Turn {
  readonly admitted: readonly DataAdmitted[];
  readonly started: TrainingStarted;
  readonly ended: TrainingEnded;
  readonly judged: ModelJudged;
  readonly promoted: ModelPromoted | undefined;
}

const oddRows = [
  ["duplicate", "came again"],
  ["replaced", "corrected"],
  ["contradicting", "contradicting another's label"],
  ["leftOut", "left out"],
] as const;

/** What became of rows that neither train nor judge as they came; nothing where there are none. */
export function oddRowsInWords(rows: TrainingStarted["data"]["rows"]): string {
  const words = oddRows.flatMap(([kind, does]) => (rows && rows[kind] > 0 ? [`${rows[kind]} ${does}`] : []));
  return words.length === 0 ? "" : ` (rows: ${words.join(", ")})`;
}

/**
 * Follows what became of dropped files until a model was judged, and promoted where the verdict says so.
 * @throws {QuarantinedError} when a file is in quarantine.
 */
export async function followTurn(
  { observer, progress }: { readonly observer: Observer; readonly progress: Progress },
  model: string,
  paths: readonly string[],
): Promise<Turn> {
  const admitted: DataAdmitted[] = [];
  progress.doing("waiting for the data-watcher");
  for (const path of paths) admitted.push(await untilAdmitted(observer, path));
  const rows = admitted.reduce(
    (sum, { data }) => ({ train: sum.train + data.rows.train, holdout: sum.holdout + data.rows.holdout }),
    { train: 0, holdout: 0 },
  );
  progress.done(
    `${admitted.length} batch${admitted.length === 1 ? "" : "es"} admitted: ${rows.train} rows to train on, ${rows.holdout} held out`,
  );
  progress.doing("quiet period: waiting whether more files come");
  const batches = admitted.map(({ data }) => data.batch);
  const started = (await observer.waitFor(
    trainingStarted,
    // Of many batches an event names the newest alone.
    ({ data }) =>
      data.model === model && batches.slice(-mostBatchesNamed).every((batch) => data.batches.includes(batch)),
    patience.soon,
  )) as TrainingStarted;
  const { runId, version, warmStart, dataset } = started.data;
  const count = dataset?.batches ?? started.data.batches.length;
  progress.done(
    `training ${runId} started on ${count} batch${count === 1 ? "" : "es"}${oddRowsInWords(started.data.rows)}, ${warmStart ? `warm from version ${warmStart}` : "cold"}`,
  );
  progress.doing("training");
  const ended = (await observer.waitFor(
    trainingEnded,
    ({ data }) => data.runId === runId,
    patience.training,
  )) as TrainingEnded;
  progress.done(`training ${ended.data.status}${ended.data.reason ? `: ${ended.data.reason}` : ""}`);
  progress.doing("judging challenger against champion");
  const judged = (await observer.waitFor(
    modelJudged,
    ({ data }) => data.model === model && data.version === version,
    patience.soon,
  )) as ModelJudged;
  progress.done(`verdict on version ${version}: ${judged.data.decision}. ${judged.data.reasons.join("; ")}`);
  if (judged.data.decision !== "promote") return { admitted, started, ended, judged, promoted: undefined };
  progress.doing("publishing: package, staging slot, smoke test, swap, verify");
  const promoted = (await observer.waitFor(
    modelPromoted,
    ({ data }) => data.model === model && data.version === version,
    patience.soon,
  )) as ModelPromoted;
  progress.done(`version ${version} serves at ${promoted.data.endpoint}`);
  return { admitted, started, ended, judged, promoted };
}

/** Where the time of a turn went, in milliseconds. */
export interface TimeSplit {
  /** From the last drop to the start of training, the quiet period included. */
  readonly waiting: number;
  /** The user's training process. */
  readonly training: number;
  /** From the end of the process to the verdict. */
  readonly judging: number;
  /** From the verdict to production. */
  readonly publishing: number;
  readonly total: number;
  /** All but training and the quiet period: what Ratchet itself costs. */
  readonly overhead: number;
}

/** @param dropped when the last file was dropped. */
export function timeSplit(turn: Turn, dropped: Date, quietPeriod: number): TimeSplit {
  const at = (text: string | undefined, otherwise: number) => (text ? Date.parse(text) : otherwise);
  const begin = at(turn.ended.data.startedAt, Date.parse(turn.started.time));
  const end = Date.parse(turn.ended.data.endedAt);
  const judged = Date.parse(turn.judged.time);
  const done = turn.promoted ? Date.parse(turn.promoted.time) : judged;
  const total = done - dropped.getTime();
  const training = end - begin;
  return {
    waiting: begin - dropped.getTime(),
    training,
    judging: judged - end,
    publishing: done - judged,
    total,
    overhead: total - training - quietPeriod,
  };
}
