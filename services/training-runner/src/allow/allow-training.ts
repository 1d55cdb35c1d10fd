import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { trainModel } from "@ratchet/contracts";
import { type Invocation, refused } from "@ratchet/messaging";
import { readDefinition, UnknownModelError } from "@ratchet/state";
import type { Runner } from "../runner.ts";
import { dueIn } from "../slot/training-slot.ts";
import { moveSlot } from "../stores.ts";
import { readAllowanceRequest } from "./allowance-request.ts";

/**
 * Answers `POST /api/models/{model}/allow-training`: hours beyond the model's budget, for one period from now. They are
 * recorded in the slot with their reason, and what waits is asked for at once.
 */
export async function allowTraining(
  runner: Runner,
  model: string,
  request: Pick<HttpRequest, "json">,
  { id, now, log }: Invocation,
): Promise<HttpResponseInit> {
  const read = readAllowanceRequest(await request.json().catch(() => undefined));
  if ("errors" in read) return refused(400, "invalid-request", "the request cannot be read", read.errors);
  const { hours, reason, requestedBy, requestId = id } = read.request;
  try {
    await readDefinition(runner.stores, model);
  } catch (error) {
    if (!(error instanceof UnknownModelError)) throw error;
    return refused(404, "unknown-model", `no model named ${model} is applied; run \`ratchet apply <folder>\``);
  }
  const allowance = { request: requestId, hours, reason, requestedBy, at: now.toISOString() };
  const { after } = await moveSlot(runner.stores, model, { kind: "allow", allowance });
  const due = dueIn(after);
  if (due) {
    const { through, reason: because } = due;
    const outbox = runner.outbox({ cause: `allow/${model}/${requestId}` });
    await outbox.send(trainModel, { model, through, reason: because, waited: true });
  }
  log.with({ model }).info(`allowed ${hours} more hours of training: ${reason}`, { requestedBy, requestId });
  return { status: 202, jsonBody: { model, requestId, hours, asked: due !== null } };
}
