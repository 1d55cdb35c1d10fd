import { app } from "@azure/functions";
import { checkRun, trainModel } from "@ratchet/contracts";
import { on, onEvent, startService } from "@ratchet/messaging";
import { cancelRun } from "./cancel-run.ts";
import { lookAtRun } from "./look-at-run.ts";
import { readRunSignal } from "./run-signal.ts";
import type { Runner } from "./runner.ts";
import { train } from "./train.ts";
import { openWorkspace } from "./workspace.ts";

const service = startService("training-runner");

const runner: Runner = {
  stores: {
    definitions: service.container("definitions"),
    definitionDocuments: service.documents("definitions"),
    batches: service.container("batches"),
    code: service.container("code"),
    runs: service.container("runs"),
    training: service.documents("training"),
    champions: service.documents("champions"),
  },
  workspace: openWorkspace(
    {
      resourceManager: service.settings.AZURE_RESOURCE_MANAGER_ENDPOINT,
      subscriptionId: service.settings.AZURE_SUBSCRIPTION_ID,
      resourceGroup: service.settings.AZURE_RESOURCE_GROUP,
      name: service.settings.AZURE_ML_WORKSPACE,
    },
    service.credential,
  ),
  outbox: (occasion) => service.outbox(occasion),
};

service.receive("train-model", [on(trainModel, (message, delivery) => train(runner, message, delivery))]);

const eventsOfAzure = [
  "Microsoft.Storage.BlobCreated",
  "Microsoft.MachineLearningServices.RunCompleted",
  "Microsoft.MachineLearningServices.RunStatusChanged",
];

service.receive("training-ended", [
  on(checkRun, ({ id: message, data: { runId, look } }, delivery) =>
    lookAtRun(runner, { message, runId, done: false, looks: look }, delivery),
  ),
  onEvent(eventsOfAzure, async (event, delivery) => {
    const signal = readRunSignal(event);
    if (signal) return lookAtRun(runner, { ...signal, message: event.id }, delivery);
    delivery.log.info(`${event.subject} is no run of Ratchet's`);
  }),
]);

app.http("cancel", {
  route: "runs/{runId}/cancel",
  methods: ["POST"],
  authLevel: "function",
  handler: (request, context) =>
    cancelRun(runner, request.params["runId"] ?? "", context.invocationId, new Date(), context),
});
