import { type Run, trainModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import type { Runner } from "../runner.ts";
import { moveRun, moveSlot } from "../stores.ts";
import { tellTrouble } from "./tell.ts";
import { dueIn } from "./training-slot.ts";

/**
 * Gives a claim up of which no job has come. What it was for waits in the slot again: it is asked for at once, or, where
 * the run could not be submitted, after some time and with word to the operator.
 * @param trouble why it could not be submitted.
 */
export async function giveUpClaim(
  runner: Runner,
  run: Run,
  { now, log }: Pick<Delivery, "now" | "log">,
  trouble?: string,
): Promise<void> {
  const { model, runId, claimedAt } = run;
  const release = { kind: "release", claim: run, at: now.toISOString() } as const;
  const { after } = await moveSlot(runner.stores, model, { ...release, ...(trouble === undefined ? {} : { trouble }) });
  const reason = trouble ?? "the project was applied anew before there was a job";
  await moveRun(runner.stores, { kind: "give-up", run, reason, at: now.toISOString() });
  log.warn(`gave the claim up: ${reason}`);
  if (trouble !== undefined) return tellTrouble(runner, after);
  const due = dueIn(after);
  if (!due) return;
  const { through, reason: cause } = due;
  const outbox = runner.outbox({ cause: `${runId}/given-up/${claimedAt}` });
  await outbox.send(trainModel, { model, through, reason: cause, waited: true });
}
