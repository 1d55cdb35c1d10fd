import { trainModel } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readAdmissions } from "../model-records.ts";
import { operatorName, sendCommand } from "../operator.ts";

/** What was asked for, and the id of the message that asks. */
interface AskedTraining {
  readonly model: string;
  /** Up to where in the log of admissions. */
  readonly through: number;
  readonly batches: number;
  readonly messageId: string;
}

/**
 * Asks the training-runner to train on all batches that are admitted by now.
 * @param again the moment of the wish, to train even where a run on the same input has ended.
 * @param beyondBudget why to train though the model's training.budget is used up; it is recorded.
 * @throws {WrongInputError} when no batch is admitted yet.
 */
export async function askForTraining(
  deployment: Deployment,
  model: string,
  { again, beyondBudget: reason }: { readonly again?: Date; readonly beyondBudget?: string } = {},
): Promise<AskedTraining> {
  const admitted = await readAdmissions(deployment, model);
  const batches = admitted.batches.length;
  if (batches === 0)
    throw new WrongInputError(`no batch of ${model} is admitted yet; run \`ratchet drop ${model} <files>\``);
  const { id } = await sendCommand(deployment, trainModel, {
    model,
    through: admitted.position,
    reason: "request",
    ...(again ? { again: again.toISOString() } : {}),
    ...(reason === undefined ? {} : { beyondBudget: { reason, requestedBy: operatorName() } }),
  });
  return { model, through: admitted.position, batches, messageId: id };
}
