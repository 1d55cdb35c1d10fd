import { rollBackModel } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readChampion } from "../model-records.ts";
import { operatorName, sendCommand } from "../operator.ts";

/** What was asked for, and the id of the message that asks. */
interface AskedRollback {
  readonly model: string;
  /** The version that is to be taken out. */
  readonly from: string;
  readonly messageId: string;
}

/**
 * Asks the deployer to put the release before the champion back; the reason is recorded.
 * @throws {WrongInputError} when nothing serves the model.
 */
export async function askForRollback(deployment: Deployment, model: string, reason: string): Promise<AskedRollback> {
  const pointer = await readChampion(deployment, model);
  if (!pointer) throw new WrongInputError(`nothing serves ${model}, so there is nothing to roll back`);
  // Named, so that a promotion that overtakes the wish is not undone in place of what was looked at.
  const from = pointer.champion.version;
  const { id } = await sendCommand(deployment, rollBackModel, { model, from, reason, requestedBy: operatorName() });
  return { model, from, messageId: id };
}
