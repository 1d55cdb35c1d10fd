import { admitBatch, azureEvents, checkTrainingDue, restoreBatch, takeInDrop, withdrawBatch } from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
import { admit } from "./batches/admit-batch.ts";
import { restore, withdraw } from "./batches/withdraw-batch.ts";
import { sweepBlobs } from "./drop/sweep-blobs.ts";
import { sweepDrops } from "./drop/sweep-drops.ts";
import { takeInDropAgain, takeInDropOfEvent } from "./drop/take-in-drop.ts";
import { sweepRetention } from "./retention/sweep-retention.ts";
import { checkTraining } from "./training/check-training.ts";
import { followSchedules } from "./training/follow-schedules.ts";
import { requestTraining } from "./training/request-training.ts";
import { sweepTrainings } from "./training/sweep-trainings.ts";
import type { Watcher } from "./watcher.ts";

/** Whatever goes by the clock is looked at each minute, and looks itself how long its period is. */
const everyMinute = "0 * * * * *";

/** What the data-watcher does, and when. */
export function register(functions: Functions<"data-watcher">, watcher: Watcher): void {
  functions.receive("data-dropped", [
    onEvent([azureEvents.blobCreated], (event, delivery) => takeInDropOfEvent(watcher, event, delivery)),
    on(takeInDrop, (message, delivery) => takeInDropAgain(watcher, message, delivery)),
  ]);

  // A queue of their own: who may answer for a drop may not admit a batch.
  functions.receive("operate-batch", [
    on(admitBatch, (message, delivery) => admit(watcher, message, delivery)),
    on(withdrawBatch, (message, delivery) => withdraw(watcher, message, delivery)),
    on(restoreBatch, (message, delivery) => restore(watcher, message, delivery)),
  ]);

  functions.receive("training-due", [
    on(checkTrainingDue, (message, delivery) => checkTraining(watcher, message, delivery)),
  ]);

  functions.onSchedule("schedule", everyMinute, (invocation) => followSchedules(watcher, invocation));
  functions.onSchedule("sweep-drops", everyMinute, (invocation) => sweepDrops(watcher, invocation));
  functions.onSchedule("sweep-blobs", everyMinute, (invocation) => sweepBlobs(watcher, invocation));
  functions.onSchedule("sweep-trainings", everyMinute, (invocation) => sweepTrainings(watcher, invocation));
  functions.onSchedule("sweep-retention", everyMinute, (invocation) => sweepRetention(watcher, invocation));

  functions.onRequest("train", { method: "POST", route: "train" }, (request, invocation) =>
    requestTraining(watcher, request, invocation),
  );
}
