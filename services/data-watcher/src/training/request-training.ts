import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { type Invocation, refused } from "@ratchet/messaging";
import { readDefinition, UnknownModelError } from "@ratchet/state";
import type { Watcher } from "../watcher.ts";
import { askForTraining } from "./ask-for-training.ts";
import { readTrainingRequest } from "./training-request.ts";

/** Answers `POST /api/train`: train on everything admitted, now. A request without an id has the invocation's. */
export async function requestTraining(
  watcher: Watcher,
  request: Pick<HttpRequest, "json">,
  { id, log }: Pick<Invocation, "id" | "log">,
): Promise<HttpResponseInit> {
  const read = readTrainingRequest(await request.json().catch(() => undefined));
  if ("errors" in read) return refused(400, "invalid-request", "the request cannot be read", read.errors);
  const { model, again, requestId = id } = read.request;
  try {
    await readDefinition(watcher.stores, model);
  } catch (error) {
    if (!(error instanceof UnknownModelError)) throw error;
    return refused(404, "unknown-model", `no model named ${model} is applied; run \`ratchet apply <folder>\``);
  }
  const ask = { reason: "request", ...(again ? { again: requestId } : {}) } as const;
  const asked = await askForTraining(watcher, model, { cause: `request/${requestId}` }, ask);
  if (!asked)
    return refused(
      409,
      "nothing-admitted",
      `${model} has no admitted row to train on yet; drop data into drops/${model}/`,
    );
  const { command, batches } = asked;
  log.with({ model }).info(`asked for training of ${model} on request ${requestId}`);
  return {
    status: 202,
    jsonBody: { messageId: command.id, requestId, model, batches, again },
  };
}
