import {
  type Admission,
  type AdmittedBatch,
  type AskedAdmissions,
  admission,
  admissions,
  paths,
} from "@ratchet/contracts";
import type { Reads } from "./applied-model.ts";
import type { Logged } from "./paged-log.ts";

/** Batches that wait for the quiet period to end. */
export interface Pending {
  readonly since: string;
  readonly latest: string;
  readonly batches: readonly string[];
}

/** What of a model's admissions waits for training. */
export interface WaitingAdmissions {
  readonly model: string;
  readonly asked: AskedAdmissions;
  /** Null where nothing waits. */
  readonly pending: Pending | null;
  /** Up to where the log was read. */
  readonly position: number;
}

/** All that a model has admitted. */
export interface Admissions extends WaitingAdmissions {
  /** In the order in which they were admitted. */
  readonly batches: readonly AdmittedBatch[];
}

/** A model of which nothing was dropped yet. */
export const noneAsked = (model: string): AskedAdmissions => ({ model, asked: 0 });

/** In the order of the log, each once. */
function batchesIn(earlier: readonly AdmittedBatch[], log: readonly Logged<Admission>[]): readonly AdmittedBatch[] {
  const batches = new Map(earlier.map((one) => [one.batch, one]));
  for (const { entry } of log) if (!batches.has(entry.batch)) batches.set(entry.batch, entry);
  return [...batches.values()];
}

/** @param log from the position up to which training was asked for, or from before it. */
function pendingIn(
  { asked, earlier = [], waiting = [] }: AskedAdmissions,
  log: readonly Logged<Admission>[],
): Pending | null {
  const before = earlier.filter(({ batch }) => waiting.includes(batch));
  const batches = batchesIn(
    before,
    log.filter(({ position }) => position > asked),
  );
  if (batches.length === 0) return null;
  const times = batches.map(({ admittedAt }) => admittedAt).sort();
  return { since: times[0] ?? "", latest: times.at(-1) ?? "", batches: batches.map(({ batch }) => batch) };
}

const positionOf = (asked: AskedAdmissions, log: readonly Logged<Admission>[]): number =>
  log.at(-1)?.position ?? asked.asked;

/** What waits. @param log from the position up to which training was asked for. */
export const waitingAdmissions = (asked: AskedAdmissions, log: readonly Logged<Admission>[]): WaitingAdmissions => ({
  model: asked.model,
  asked,
  pending: pendingIn(asked, log),
  position: positionOf(asked, log),
});

/** All that was admitted. @param log the whole. */
export const allAdmissions = (asked: AskedAdmissions, log: readonly Logged<Admission>[]): Admissions => ({
  ...waitingAdmissions(asked, log),
  batches: batchesIn(asked.earlier ?? [], log),
});

async function readAsked(stores: Reads<"batches">, model: string): Promise<AskedAdmissions> {
  return (await stores.documents("batches").read(paths.admissions(model), admissions))?.value ?? noneAsked(model);
}

const logOf = (stores: Reads<"batches">, model: string) =>
  stores.documents("batches").log(paths.admissionLog(model), admission);

/** What of a model's admissions waits for training: it costs the same however many batches were admitted before. */
export async function readWaiting(stores: Reads<"batches">, model: string): Promise<WaitingAdmissions> {
  const asked = await readAsked(stores, model);
  return waitingAdmissions(asked, await Array.fromAsync(logOf(stores, model).entries(asked.asked)));
}

/** All that a model has admitted. */
export async function readAdmissions(stores: Reads<"batches">, model: string): Promise<Admissions> {
  const asked = await readAsked(stores, model);
  return allAdmissions(asked, await Array.fromAsync(logOf(stores, model).entries()));
}
