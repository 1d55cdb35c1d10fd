import { createHash } from "node:crypto";
import { WebSiteManagementClient } from "@azure/arm-appservice";
import { roleOf } from "@local-azure/authorization";
import { platformSettings } from "@ratchet/cdktf";
import { managementScope } from "@ratchet/contracts";
import type { ResourcePlace } from "../resource-manager.ts";
import { madeWithApp } from "./access.ts";

/** The part of a credential that is needed here. */
type Credential = ConstructorParameters<typeof WebSiteManagementClient>[0];

/** Resource Manager has refused what infrastructure asked for. */
class InfrastructureError extends Error {
  override readonly name = "InfrastructureError";
}

/**
 * Makes an app with a staging slot, all roles on it, and its sign-in, as infrastructure does it on Azure. Roles come first: an app
 * that is there can be published to.
 */
export async function makeApp(place: ResourcePlace, credential: Credential, app: string): Promise<void> {
  const { roleAssignments, signIns } = madeWithApp(app);
  const put = putting(place, credential);
  for (const { principalId, role, scope, description } of roleAssignments) {
    const roleDefinitionId = `/subscriptions/${place.subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleOf(role).id}`;
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${nameOf([principalId, role, scope])}`;
    await put(`${id}?api-version=2022-04-01`, { roleDefinitionId, principalId, description });
  }
  const { webApps } = new WebSiteManagementClient(credential, place.subscription, {
    endpoint: place.endpoint,
    credentials: { scopes: [managementScope] },
  });
  const appSettings = Object.entries(platformSettings).map(([name, value]) => ({ name, value }));
  const site = { location: "local", kind: "functionapp,linux", siteConfig: { appSettings } };
  await webApps.createOrUpdate(place.group, app, site);
  await webApps.createOrUpdateSlot(place.group, app, "staging", site);
  for (const [id, properties] of Object.entries(signIns))
    await put(`${id}/config/authsettingsV2?api-version=2024-04-01`, properties);
}

/** Puts a resource, in Resource Manager's own words. */
function putting({ endpoint }: ResourcePlace, credential: Credential) {
  return async (path: string, properties: object): Promise<void> => {
    const token = await credential.getToken(managementScope);
    const response = await fetch(`${endpoint}${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token?.token}`, "content-type": "application/json" },
      body: JSON.stringify({ properties }),
    });
    if (!response.ok) throw new InfrastructureError(`${path} was not made: ${await response.text()}`);
  };
}

/** A role assignment's name is a GUID; the same one for the same assignment, so that it is made once. */
function nameOf(assignment: readonly string[]): string {
  const hex = createHash("sha256").update(assignment.join(" ")).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
