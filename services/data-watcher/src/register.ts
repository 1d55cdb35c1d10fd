import { azureEvents, checkTrainingDue } from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
import { admitDrop } from "./drop/admit-drop.ts";
import { checkTraining } from "./training/check-training.ts";
import { followSchedules } from "./training/follow-schedules.ts";
import { requestTraining } from "./training/request-training.ts";
import type { Watcher } from "./watcher.ts";

/** What the data-watcher does, and when. */
export function register(functions: Functions<"data-watcher">, watcher: Watcher): void {
  functions.receive("data-dropped", [
    onEvent([azureEvents.blobCreated], (event, delivery) => admitDrop(watcher, event, delivery)),
  ]);

  functions.receive("training-due", [
    on(checkTrainingDue, (message, delivery) => checkTraining(watcher, message, delivery)),
  ]);

  functions.onSchedule("schedule", "0 * * * * *", (invocation) => followSchedules(watcher, invocation));

  functions.onRequest("train", { method: "POST", route: "train" }, (request, invocation) =>
    requestTraining(watcher, request, invocation),
  );
}
