import { azureEvents, evaluateModel, scoreBatch } from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
import { sayChampionOnBatch } from "./champion-on-batch/score-batch.ts";
import { evaluateChallenger } from "./evaluate-challenger.ts";
import type { Evaluator } from "./evaluator.ts";
import { followRegistration } from "./follow-registration.ts";
import { judgeRegistered } from "./judge-registered.ts";
import { sweepJudgements } from "./judgement/sweep-judgements.ts";

/** What the evaluator does, and when. */
export function register(functions: Functions<"evaluator">, evaluator: Evaluator): void {
  functions.receive("evaluate-model", [
    on(evaluateModel, (message, delivery) => evaluateChallenger(evaluator, message, delivery)),
  ]);

  functions.receive("score-batch", [
    on(scoreBatch, (message, delivery) => sayChampionOnBatch(evaluator, message, delivery)),
  ]);

  functions.receive("model-registered", [onEvent([azureEvents.modelRegistered], followRegistration)]);

  functions.onSchedule("sweep", "0 * * * * *", (invocation) => sweepJudgements(evaluator, invocation));

  functions.onSchedule("registrations", "30 7 * * * *", (invocation) => judgeRegistered(evaluator, invocation));
}
