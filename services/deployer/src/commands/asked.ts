import type { DeploymentRecord, Wish } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import type { Deployer } from "../deployer.ts";
import { readDeployment } from "../stores.ts";
import { mustBelongTo } from "./belonging.ts";

/** A wish, with the app that it is about and what that app is at. */
export interface Asked {
  readonly deployer: Deployer;
  readonly wish: Wish;
  readonly app: string;
  /** The app's deployment, under way or the last. */
  readonly record: DeploymentRecord | undefined;
  readonly delivery: Pick<Delivery, "now" | "log" | "outbox">;
}

/**
 * Finds what a wish is about. The app is read before the champion pointer is: where a deployment moves that in between, the record
 * tells.
 * @throws {UnknownModelError} when no model of that name is applied.
 * @throws {RefusedDeploymentError} when the app belongs to another model.
 */
export async function ask(deployer: Deployer, wish: Wish, delivery: Asked["delivery"]): Promise<Asked> {
  const { definition } = await readDefinition(deployer.stores, wish.model);
  const { app } = definition.deploy;
  const record = await readDeployment(deployer.stores, app);
  await mustBelongTo(deployer, app, wish.model, record);
  return { deployer, wish, app, record, delivery };
}
