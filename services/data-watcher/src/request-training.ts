import type { HttpResponseInit } from "@azure/functions";
import type { Log } from "@ratchet/messaging";
import { UnknownModelError } from "@ratchet/state";
import { askForTraining } from "./ask-for-training.ts";
import type { OutboxFor } from "./follow-schedules.ts";
import { appliedDefinition, readAdmissions, type Stores } from "./stores.ts";
import { type FieldError, readTrainingRequest } from "./training-request.ts";

const refusal = (status: number, code: string, message: string, fields?: readonly FieldError[]): HttpResponseInit => ({
  status,
  jsonBody: { error: { code, message, ...(fields ? { fields } : {}) } },
});

/** Answers `POST /api/train`: train on everything admitted, now. `invocation` names the request where it does not itself. */
export async function requestTraining(
  stores: Stores,
  body: unknown,
  invocation: string,
  outboxFor: OutboxFor,
  log: Log,
): Promise<HttpResponseInit> {
  const read = readTrainingRequest(body);
  if ("errors" in read) return refusal(400, "invalid-request", "the request cannot be read", read.errors);
  const { model, again, requestId = invocation } = read.request;
  try {
    await appliedDefinition(stores, model);
  } catch (error) {
    if (!(error instanceof UnknownModelError)) throw error;
    return refusal(404, "unknown-model", `no model named ${model} is applied; run \`ratchet apply <folder>\``);
  }
  const admissions = await readAdmissions(stores, model);
  if (admissions.batches.length === 0)
    return refusal(409, "nothing-admitted", `${model} has no admitted batch yet; drop data into drops/${model}/`);
  const ask = { reason: "request", ...(again ? { again: requestId } : {}) } as const;
  const { command } = await askForTraining(stores, outboxFor(`request/${requestId}`), admissions, ask);
  log.info(`asked for training of ${model} on request ${requestId}`);
  return {
    status: 202,
    jsonBody: { messageId: command.id, requestId, model, batches: admissions.batches.length, again },
  };
}
