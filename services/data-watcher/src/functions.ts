import { azureEvents, checkTrainingDue } from "@ratchet/contracts";
import { on, onEvent, startService } from "@ratchet/messaging";
import { admitDrop } from "./drop/admit-drop.ts";
import { checkTraining } from "./training/check-training.ts";
import { followSchedules } from "./training/follow-schedules.ts";
import { requestTraining } from "./training/request-training.ts";
import type { Watcher } from "./watcher.ts";

const service = startService("data-watcher");
const watcher: Watcher = { stores: service, outbox: service.outbox };

service.receive("data-dropped", [
  onEvent([azureEvents.blobCreated], (event, delivery) => admitDrop(watcher, event, delivery)),
]);

service.receive("training-due", [
  on(checkTrainingDue, (message, delivery) => checkTraining(watcher, message, delivery)),
]);

service.onSchedule("schedule", "0 * * * * *", (invocation) => followSchedules(watcher, invocation));

service.onRequest("train", { method: "POST", route: "train" }, (request, invocation) =>
  requestTraining(watcher, request, invocation),
);
