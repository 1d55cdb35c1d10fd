import { checkTrainingDue } from "@ratchet/contracts";
import type { Watcher } from "../watcher.ts";

/** In milliseconds: a look comes so much later than training is due, or a clock that is a little behind finds it too early. */
export const lookSlack = 1000;

/**
 * Has somebody look at a model when its batches are due for training. A look is known by that time: whoever finds the same
 * time due sends the same message, so that two looks on their way become one.
 */
export async function sendLook(
  { outbox }: Watcher,
  model: string,
  due: Date,
  { now, traceparent }: { readonly now: Date; readonly traceparent: string | undefined },
): Promise<void> {
  const notBefore = new Date(due.getTime() + lookSlack);
  await outbox({ cause: `due/${model}/${due.toISOString()}`, traceparent, time: now }).send(
    checkTrainingDue,
    { model },
    { notBefore },
  );
}
