import { paths, type Run, run, type TrainingSlot, trainingSlot } from "@ratchet/contracts";
import type { Stores as MessagingStores } from "@ratchet/messaging";
import { type Moved, readChampion } from "@ratchet/state";
import { claimedRun, modelOfRun, type RunCommand, type RunEvent, runDecider } from "./run.ts";
import { initial, type SlotCommand, type SlotEvent, slotDeciderOf } from "./training-slot.ts";

/** What the training-runner reads and writes: it owns `code`, `runs` and `training`, the rest it only reads. */
export type Stores = MessagingStores<"training-runner">;

/** The release that a run starts from: the champion, where a run of Ratchet's has trained it. */
export async function warmStartOf(stores: Stores, model: string): Promise<Run["warmStart"]> {
  const champion = (await readChampion(stores, model))?.champion;
  return champion?.runId ? { version: champion.version, runId: champion.runId } : null;
}

export async function readSlot(stores: Stores, model: string): Promise<TrainingSlot> {
  return (await stores.documents("training").read(paths.trainingSlot(model), trainingSlot))?.value ?? initial(model);
}

export const moveSlot = (
  stores: Stores,
  model: string,
  command: SlotCommand,
): Promise<Moved<TrainingSlot, SlotEvent>> =>
  stores.documents("training").move(paths.trainingSlot(model), trainingSlot, slotDeciderOf(model), command);

/**
 * The record of a run; from its claim where the process ended before the record was written. Undefined for a run that is
 * not Ratchet's.
 */
export async function readRun(stores: Stores, runId: string): Promise<Run | undefined> {
  const model = modelOfRun(runId);
  if (model === undefined) return undefined;
  const stored = await stores.documents("training").read(paths.run(model, runId), run);
  if (stored) return stored.value;
  const { running } = await readSlot(stores, model);
  return running?.runId === runId ? claimedRun(model, running) : undefined;
}

export const moveRun = (stores: Stores, command: RunCommand): Promise<Moved<Run | undefined, RunEvent>> =>
  stores.documents("training").move(paths.run(command.run.model, command.run.runId), run, runDecider, command);
