import { azureEvents, evaluateModel } from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
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

  functions.receive("model-registered", [onEvent([azureEvents.modelRegistered], followRegistration)]);

  functions.onSchedule("sweep", "0 * * * * *", (invocation) => sweepJudgements(evaluator, invocation));

  functions.onSchedule("registrations", "30 7 * * * *", (invocation) => judgeRegistered(evaluator, invocation));
}
