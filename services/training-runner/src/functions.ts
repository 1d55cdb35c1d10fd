import { azureEvents, checkRun, trainModel } from "@ratchet/contracts";
import { on, onEvent, startService } from "@ratchet/messaging";
import { cancelRun } from "./end/cancel-run.ts";
import { lookAtRun } from "./end/look-at-run.ts";
import { openWorkspace } from "./gateways/workspace.ts";
import type { Runner } from "./runner.ts";
import { train } from "./start/train.ts";

const service = startService("training-runner");

const address = {
  resourceManager: service.settings.AZURE_RESOURCE_MANAGER_ENDPOINT,
  subscriptionId: service.settings.AZURE_SUBSCRIPTION_ID,
  resourceGroup: service.settings.AZURE_RESOURCE_GROUP,
  name: service.settings.AZURE_ML_WORKSPACE,
};

const runner: Runner = {
  stores: service,
  workspace: openWorkspace(address, service.credential),
  outbox: service.outbox,
};

const { blobCreated, runCompleted, runStatusChanged } = azureEvents;

service.receive("train-model", [on(trainModel, (message, delivery) => train(runner, message, delivery))]);

service.receive("training-ended", [
  on(checkRun, (message, delivery) => lookAtRun(runner, message, delivery)),
  onEvent([blobCreated, runCompleted, runStatusChanged], (event, delivery) => lookAtRun(runner, event, delivery)),
]);

service.onRequest("cancel", { method: "POST", route: "runs/{runId}/cancel" }, (request, invocation) =>
  cancelRun(runner, request.params["runId"] ?? "", invocation),
);
