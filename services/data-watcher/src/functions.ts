import { app } from "@azure/functions";
import { checkTrainingDue } from "@ratchet/contracts";
import { on, onEvent, startService } from "@ratchet/messaging";
import { admitDrop } from "./admit-drop.ts";
import { checkTraining } from "./check-training.ts";
import { followSchedules } from "./follow-schedules.ts";
import { requestTraining } from "./request-training.ts";
import type { Stores } from "./stores.ts";

const service = startService("data-watcher");

const stores: Stores = {
  drops: service.container("drops"),
  batches: service.container("batches"),
  documents: service.documents("batches"),
  definitions: service.container("definitions"),
  definitionDocuments: service.documents("definitions"),
};

const outboxFor = (cause: string, traceparent?: string) =>
  service.outbox({ cause, ...(traceparent === undefined ? {} : { traceparent }) });

service.receive("data-dropped", [
  onEvent(["Microsoft.Storage.BlobCreated"], (event, delivery) => admitDrop(stores, event, delivery)),
]);

service.receive("training-due", [
  on(checkTrainingDue, (message, delivery) => checkTraining(stores, message, outboxFor, delivery)),
]);

app.timer("schedule", {
  schedule: "0 * * * * *",
  handler: (_timer, context) => followSchedules(stores, new Date(), outboxFor, context),
});

app.http("train", {
  route: "train",
  methods: ["POST"],
  authLevel: "function",
  handler: async (request, context) => {
    const body: unknown = await request.json().catch(() => undefined);
    return requestTraining(stores, body, context.invocationId, outboxFor, context);
  },
});
