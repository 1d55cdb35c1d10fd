import type { DeployModel, ForceModel, RollBackModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import type { Deployer } from "../deployer.ts";
import { wishOf } from "./intend.ts";
import { RefusedDeploymentError } from "./plan.ts";
import { takeIn } from "./take-in.ts";

/**
 * A verdict promotes a challenger, or new code was released. What only an operator may ask comes through a queue of its own.
 * @throws {RefusedDeploymentError} when it must not be deployed.
 */
export async function deployRelease(deployer: Deployer, message: DeployModel, delivery: Delivery): Promise<void> {
  const { model, version, cause, code } = message.data;
  if (cause === "forced")
    throw new RefusedDeploymentError(
      `${model} ${version} is to be forced into production by a message that services may send: only an operator may, by \`ratchet promote ${model} ${version} --reason …\``,
    );
  const kind = cause === "verdict" ? "promote" : "code";
  await takeIn(deployer, wishOf(message, { kind, model, version, ...(code ? { code } : {}) }), delivery);
}

/**
 * An operator wants a judged version in production, whatever its verdict said. Where the model is frozen, it stays so.
 * @throws {RefusedDeploymentError} when it must not be deployed.
 */
export async function forceRelease(deployer: Deployer, message: ForceModel, delivery: Delivery): Promise<void> {
  await takeIn(deployer, wishOf(message, { kind: "force", ...message.data }), delivery);
}

/**
 * An operator wants the release before the champion again.
 * @throws {NothingToRollBackError} when no release before the champion is there.
 * @throws {StaleRollbackError} when another release serves than the command names.
 */
export async function rollBack(deployer: Deployer, message: RollBackModel, delivery: Delivery): Promise<void> {
  const { from, ...data } = message.data;
  const version = from === undefined ? {} : { version: from };
  await takeIn(deployer, wishOf(message, { kind: "roll-back", ...data, ...version }), delivery);
}
