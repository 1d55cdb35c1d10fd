import { evaluateModel } from "@ratchet/contracts";
import { on, onEvent, startService } from "@ratchet/messaging";
import { evaluateChallenger } from "./evaluate-challenger.ts";
import { challengeOf } from "./follow-registration.ts";

const service = startService("evaluator");

service.receive("evaluate-model", [
  on(evaluateModel, (message, delivery) => evaluateChallenger(service, message, delivery)),
]);

service.receive("model-registered", [
  onEvent(["Microsoft.MachineLearningServices.ModelRegistered"], async (event, { outbox, log }) => {
    const challenge = challengeOf(event.data);
    if (challenge) await outbox.send(evaluateModel, challenge);
    else log.info("a model that is not for Ratchet, or its own", { subject: event.subject });
  }),
]);
