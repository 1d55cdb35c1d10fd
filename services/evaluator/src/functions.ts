import { azureEvents, evaluateModel } from "@ratchet/contracts";
import { on, onEvent, startService } from "@ratchet/messaging";
import { evaluateChallenger } from "./evaluate-challenger.ts";
import type { Evaluator } from "./evaluator.ts";
import { followRegistration } from "./follow-registration.ts";

const service = startService("evaluator");

const evaluator: Evaluator = { stores: service };

service.receive("evaluate-model", [
  on(evaluateModel, (message, delivery) => evaluateChallenger(evaluator, message, delivery)),
]);

service.receive("model-registered", [onEvent([azureEvents.modelRegistered], followRegistration)]);
