import type { DeploymentRecord } from "@ratchet/contracts";
import { readDefinition, UnknownModelError } from "@ratchet/state";
import type { Deployer } from "../deployer.ts";
import { readChampions, type Stores } from "../stores.ts";
import { RefusedDeploymentError } from "./plan.ts";

/** Whether a model's definition names an app. */
async function names(stores: Stores, model: string, app: string): Promise<boolean> {
  try {
    return (await readDefinition(stores, model)).definition.deploy.app === app;
  } catch (error) {
    if (error instanceof UnknownModelError) return false;
    throw error;
  }
}

/** The other model that was put into an app before apps had records: its champion answers there. */
async function ownerByEndpoint(
  { stores, appService }: Deployer,
  app: string,
  model: string,
): Promise<string | undefined> {
  const { site } = await appService.slot(app, "production");
  for await (const pointer of readChampions(stores))
    if (pointer.endpoint === site && pointer.model !== model) return pointer.model;
  return undefined;
}

/**
 * One app belongs to one model: a second one in it would take the first offline.
 * @param record the app's deployment; undefined where it has none yet.
 * @throws {RefusedDeploymentError} when the app is another model's, for as long as that one's definition names it.
 * @throws {UnknownAppError} when there is no such app.
 */
export async function mustBelongTo(
  deployer: Deployer,
  app: string,
  model: string,
  record: DeploymentRecord | undefined,
): Promise<void> {
  const owner = record ? record.model : await ownerByEndpoint(deployer, app, model);
  if (owner === undefined || owner === model || !(await names(deployer.stores, owner, app))) return;
  throw new RefusedDeploymentError(
    `the app ${app} belongs to the model ${owner}, which ${model} would take offline: name another app in deploy.app of ${model}, apply it, and replay this message`,
  );
}
