import { type Decision, forceModel } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readChampion, readVerdict } from "../model-records.ts";
import { operatorName, sendCommand } from "../operator.ts";

/** What was asked for, what the verdict had been, and the id of the message that asks. */
interface AskedPromotion {
  readonly model: string;
  readonly version: string;
  readonly verdict: Decision;
  /** Whether the model is frozen: it stays so, and this version is deployed all the same. */
  readonly frozen: boolean;
  readonly messageId: string;
}

/**
 * Asks the deployer to put a version into production whatever its verdict said; the reason is recorded.
 * @throws {WrongInputError} when the version was never judged, or could not be scored: nobody deploys it.
 */
export async function askForPromotion(
  deployment: Deployment,
  model: string,
  version: string,
  reason: string,
): Promise<AskedPromotion> {
  const judged = await readVerdict(deployment, model, version);
  if (!judged)
    throw new WrongInputError(
      `${model} ${version} was never judged, so there is nothing to promote; \`ratchet status ${model}\` shows the last verdict`,
    );
  if (!judged.golden)
    throw new WrongInputError(
      `${model} ${version} could not be scored, so nothing says what it should predict: ${judged.reasons[0]}; mend the model and register it as another version`,
    );
  const frozen = (await readChampion(deployment, model))?.frozen !== undefined;
  const { id } = await sendCommand(deployment, forceModel, { model, version, reason, requestedBy: operatorName() });
  return { model, version, verdict: judged.decision, frozen, messageId: id };
}
