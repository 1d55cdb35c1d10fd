import { paths, type Run, run, type TrainingSlot, trainingSlot } from "@ratchet/contracts";
import type { Stores as MessagingStores } from "@ratchet/messaging";
import { type Moved, type OpenIndex, openIndex, readChampion } from "@ratchet/state";
import { claimedRun, modelOfRun, type RunCommand, runDecider } from "./run/run.ts";
import type { RunEvent } from "./run/run-events.ts";
import type { SlotEvent } from "./slot/slot-events.ts";
import { holds, initial, type SlotCommand, slotDeciderOf } from "./slot/training-slot.ts";

/** What the training-runner reads and writes: it owns `code`, `runs` and `training`, the rest it only reads. */
export type Stores = MessagingStores<"training-runner">;

/** The models whose slot is held or has something waiting; a mark is set before a slot is opened. */
export const openTrainings = (stores: Stores): OpenIndex => openIndex(stores.blobs("training"), "trainings");

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

/** Whether a run's claim holds its model's slot. */
export const holdsSlot = async (stores: Stores, run: Run): Promise<boolean> =>
  holds(await readSlot(stores, run.model), run);

/**
 * The record of a run; from its claim where the process ended before the record was written, or before it was begun anew.
 * Undefined for a run that is not Ratchet's.
 */
export async function readRun(stores: Stores, runId: string): Promise<Run | undefined> {
  const model = modelOfRun(runId);
  if (model === undefined) return undefined;
  const stored = await stores.documents("training").read(paths.run(model, runId), run);
  if (stored && stored.value.status !== "claimed") return stored.value;
  const { running } = await readSlot(stores, model);
  const isOther = running?.runId === runId && !(stored && holds({ running }, stored.value));
  return isOther ? claimedRun(model, running) : stored?.value;
}

/** Moves a run's record on, and gives the run as it is then. */
export async function moveRun(
  stores: Stores,
  command: RunCommand,
): Promise<{ readonly events: readonly RunEvent[]; readonly run: Run }> {
  const { model, runId } = command.run;
  const { events, after } = await stores.documents("training").move(paths.run(model, runId), run, runDecider, command);
  return { events, run: after ?? command.run };
}
