import type { ContainerClient } from "@azure/storage-blob";
import { type AppliedDefinition, paths, type Run, run, type TrainingSlot, trainingSlot } from "@ratchet/contracts";
import { type DocumentStore, readAppliedDefinition, readChampionPointer } from "@ratchet/state";
import { emptySlot } from "./training-slot.ts";

/** The containers that the training-runner reads and writes, and the documents in them. */
export interface Stores {
  readonly definitions: ContainerClient;
  readonly definitionDocuments: DocumentStore;
  readonly batches: ContainerClient;
  readonly code: ContainerClient;
  readonly runs: ContainerClient;
  /** Slots and run records. */
  readonly training: DocumentStore;
  readonly champions: DocumentStore;
}

/** @throws {UnknownModelError} */
export const appliedDefinition = (
  { definitionDocuments }: Pick<Stores, "definitionDocuments">,
  model: string,
): Promise<AppliedDefinition> => readAppliedDefinition(definitionDocuments, model);

/** The release that a run starts from: the champion, where a run of Ratchet's has trained it. */
export async function warmStartOf({ champions }: Pick<Stores, "champions">, model: string): Promise<Run["warmStart"]> {
  const champion = (await readChampionPointer(champions, model))?.champion;
  return champion?.runId ? { version: champion.version, runId: champion.runId } : null;
}

export async function readSlot({ training }: Pick<Stores, "training">, model: string): Promise<TrainingSlot> {
  return (await training.read(paths.trainingSlot(model), trainingSlot.parse))?.value ?? emptySlot(model);
}

/**
 * Moves a slot by compare-and-swap. `move` gives the slot as it shall be, the very same object to leave it, and what it
 * has decided; it may run more than once.
 */
export async function moveSlot<Result>(
  { training }: Pick<Stores, "training">,
  model: string,
  move: (slot: TrainingSlot) => { readonly slot: TrainingSlot; readonly result: Result },
): Promise<Result> {
  const decided: { result?: Result } = {};
  await training.update(paths.trainingSlot(model), trainingSlot.parse, (stored) => {
    const before = stored ?? emptySlot(model);
    const { slot, result } = move(before);
    decided.result = result;
    return slot === before ? undefined : slot;
  });
  // `update` has called back at least once when it returns.
  return decided.result as Result;
}

/** A run as its claim tells of it, before its record is written. */
export function claimedRun(model: string, claim: NonNullable<TrainingSlot["running"]>): Run {
  const { runId, version, batches, definitionVersion, warmStart, reason, command, claimedAt } = claim;
  return {
    model,
    runId,
    version,
    batches,
    definitionVersion,
    warmStart,
    reason,
    status: "claimed",
    command,
    claimedAt,
  };
}

/** The record of a run; from its claim where the process ended before the record was written. */
export async function readRun(
  stores: Pick<Stores, "training">,
  model: string,
  runId: string,
): Promise<Run | undefined> {
  const stored = await stores.training.read(paths.run(model, runId), run.parse);
  if (stored) return stored.value;
  const { running } = await readSlot(stores, model);
  return running?.runId === runId ? claimedRun(model, running) : undefined;
}

export const hasEnded = ({ status }: Pick<Run, "status">): boolean => status !== "claimed" && status !== "submitted";

/** Whether a record tells of the very claim that `fresh` is of; a claim that came to nothing leaves its record behind. */
const isOf = (stored: Run, { claimedAt }: Run): boolean =>
  stored.status !== "claimed" || stored.claimedAt === claimedAt;

/**
 * Changes a run's record, creating it where there is none. A run that has ended stays as it ended.
 * @returns the record as it then is.
 */
export async function updateRun(
  { training }: Pick<Stores, "training">,
  fresh: Run,
  changes: Partial<Run>,
): Promise<Run> {
  let after = fresh;
  await training.update(paths.run(fresh.model, fresh.runId), run.parse, (stored) => {
    after = stored && hasEnded(stored) ? stored : { ...(stored && isOf(stored, fresh) ? stored : fresh), ...changes };
    return after === stored ? undefined : after;
  });
  return after;
}

/** How long a message has to see to a run's end before another may take it over, in milliseconds. */
export const conclusionTime = 60_000;

/**
 * Takes the end of a run in hand, by compare-and-swap: it is told in several ways within the same second, and what is
 * said of it should be said once. A redelivery of the same message goes on; after a minute another may.
 */
export async function beginConclusion(
  { training }: Pick<Stores, "training">,
  fresh: Run,
  by: string,
  now: Date,
): Promise<boolean> {
  let mine = false;
  await training.update(paths.run(fresh.model, fresh.runId), run.parse, (stored = fresh) => {
    const { concluding } = stored;
    const taken = concluding && concluding.by !== by && now.getTime() - Date.parse(concluding.at) < conclusionTime;
    mine = !hasEnded(stored) && !taken;
    return mine ? { ...stored, concluding: { by, at: now.toISOString() } } : undefined;
  });
  return mine;
}
