import { advanceDeployment, type DeploymentRecord } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";
import type { Deployer } from "../deployer.ts";

/** Asks for a deployment's next step. */
export const askForStep = (
  outbox: Outbox,
  { model, app, command, step }: DeploymentRecord,
  notBefore?: Date,
): Promise<unknown> =>
  outbox.send(advanceDeployment, { model, app, deployment: command.id, step }, notBefore ? { notBefore } : {});

/**
 * Sends the message of the next step, where there is one. Its id follows from the step alone: whoever sends it, and however often,
 * it is one message.
 */
export async function sendNext(
  { outbox }: Pick<Deployer, "outbox">,
  record: DeploymentRecord,
  now: Date,
): Promise<void> {
  const { command, lookAt } = record;
  if (lookAt === undefined) return;
  const occasion = { cause: command.id, traceparent: command.traceparent, time: now };
  const at = new Date(lookAt);
  await askForStep(outbox(occasion), record, at > now ? at : undefined);
}
