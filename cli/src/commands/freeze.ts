import { type Contract, freezeModel, thawModel } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readChampion } from "../model-records.ts";
import { operatorName, sendCommand } from "../operator.ts";

/** What was asked for, and the id of the message that asks. */
interface AskedFreeze {
  readonly model: string;
  /** The version that serves. */
  readonly champion: string;
  readonly messageId: string;
}

/** What was asked for, and which challenger is judged again because of it. */
interface AskedThaw extends AskedFreeze {
  /** The challenger that was held back; null where none was. */
  readonly heldBack: string | null;
}

async function championOf(deployment: Deployment, model: string) {
  const pointer = await readChampion(deployment, model);
  if (!pointer) throw new WrongInputError(`nothing serves ${model}, so there is no champion to keep or to let go`);
  return pointer;
}

async function ask<Type extends string>(
  deployment: Deployment,
  contract: Contract<Type, { model: string; reason: string; requestedBy?: string | undefined }>,
  model: string,
  reason: string,
): Promise<string> {
  return (await sendCommand(deployment, contract, { model, reason, requestedBy: operatorName() })).id;
}

/**
 * Asks the deployer to keep the champion: challengers go on being judged, and none is deployed. The reason is recorded.
 * @throws {WrongInputError} when nothing serves the model, or it is frozen already.
 */
export async function askForFreeze(deployment: Deployment, model: string, reason: string): Promise<AskedFreeze> {
  const { champion, frozen } = await championOf(deployment, model);
  if (frozen) throw new WrongInputError(`${model} is frozen already, since ${frozen.since}: ${frozen.reason}`);
  const messageId = await ask(deployment, freezeModel, model, reason);
  return { model, champion: champion.version, messageId };
}

/**
 * Asks the deployer to let challengers be deployed again. The one that was held back is judged again; the reason is recorded.
 * @throws {WrongInputError} when nothing serves the model, or it is not frozen.
 */
export async function askForThaw(deployment: Deployment, model: string, reason: string): Promise<AskedThaw> {
  const { champion, frozen } = await championOf(deployment, model);
  if (!frozen) throw new WrongInputError(`${model} is not frozen, so there is nothing to thaw`);
  const messageId = await ask(deployment, thawModel, model, reason);
  return { model, champion: champion.version, heldBack: frozen.heldBack?.version ?? null, messageId };
}
