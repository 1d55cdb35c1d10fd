import { azureEvents, checkRun, trainModel } from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
import { cancelRun } from "./end/cancel-run.ts";
import { lookAtRun } from "./end/look-at-run.ts";
import type { Runner } from "./runner.ts";
import { train } from "./start/train.ts";

const { blobCreated, runCompleted, runStatusChanged } = azureEvents;

/** What the training-runner does, and when. */
export function register(functions: Functions<"training-runner">, runner: Runner): void {
  functions.receive("train-model", [on(trainModel, (message, delivery) => train(runner, message, delivery))]);

  functions.receive("training-ended", [
    on(checkRun, (message, delivery) => lookAtRun(runner, message, delivery)),
    onEvent([blobCreated, runCompleted, runStatusChanged], (event, delivery) => lookAtRun(runner, event, delivery)),
  ]);

  functions.onRequest("cancel", { method: "POST", route: "runs/{runId}/cancel" }, (request, invocation) =>
    cancelRun(runner, request.params["runId"] ?? "", invocation),
  );
}
