import { azureEvents, checkRun, trainModel } from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
import { allowTraining } from "./allow/allow-training.ts";
import { cancelRun } from "./end/cancel-run.ts";
import { lookAtRun } from "./end/look-at-run.ts";
import { sweepRetention } from "./retention/sweep-retention.ts";
import type { Runner } from "./runner.ts";
import { train } from "./start/train.ts";
import { sweepJobs } from "./sweep/sweep-jobs.ts";
import { sweepTrainings } from "./sweep/sweep-trainings.ts";

const { blobCreated, runCompleted, runStatusChanged } = azureEvents;

/** What the training-runner does, and when. */
export function register(functions: Functions<"training-runner">, runner: Runner): void {
  functions.receive("train-model", [on(trainModel, (message, delivery) => train(runner, message, delivery))]);

  functions.receive("training-ended", [
    on(checkRun, (message, delivery) => lookAtRun(runner, message, delivery)),
    onEvent([blobCreated, runCompleted, runStatusChanged], (event, delivery) => lookAtRun(runner, event, delivery)),
  ]);

  functions.onSchedule("sweep", "0 * * * * *", (invocation) => sweepTrainings(runner, invocation));
  functions.onSchedule("sweep-jobs", "30 */10 * * * *", (invocation) => sweepJobs(runner, invocation));

  // Each minute, so that a day is made up for that went by while nothing ran; once a day there is something to do.
  functions.onSchedule("sweep-retention", "0 * * * * *", (invocation) => sweepRetention(runner, invocation));

  functions.onRequest("cancel", { method: "POST", route: "runs/{runId}/cancel" }, (request, invocation) =>
    cancelRun(runner, request.params["runId"] ?? "", invocation),
  );

  functions.onRequest(
    "allow-training",
    { method: "POST", route: "models/{model}/allow-training" },
    (request, invocation) => allowTraining(runner, request.params["model"] ?? "", request, invocation),
  );
}
