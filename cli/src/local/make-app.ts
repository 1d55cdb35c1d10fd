import { createHash } from "node:crypto";
import { WebSiteManagementClient } from "@azure/arm-appservice";
import { roleOf } from "@local-azure/authorization";
import { platformSettings } from "@ratchet/cdktf";
import { managementScope } from "@ratchet/contracts";
import type { ResourcePlace } from "../resource-manager.ts";
import { assignmentsOnApp } from "./access.ts";

/** The part of a credential that is needed here. */
type Credential = ConstructorParameters<typeof WebSiteManagementClient>[0];

/** Resource Manager has refused what infrastructure asked for. */
class InfrastructureError extends Error {
  override readonly name = "InfrastructureError";
}

/**
 * Makes an app with a staging slot and all roles on it, as infrastructure does it on Azure. Roles come first: an app that
 * is there can be published to.
 */
export async function makeApp(place: ResourcePlace, credential: Credential, app: string): Promise<void> {
  await assignRoles(place, credential, app);
  const { webApps } = new WebSiteManagementClient(credential, place.subscription, {
    endpoint: place.endpoint,
    credentials: { scopes: [managementScope] },
  });
  const appSettings = Object.entries(platformSettings).map(([name, value]) => ({ name, value }));
  const site = { location: "local", kind: "functionapp,linux", siteConfig: { appSettings } };
  await webApps.createOrUpdate(place.group, app, site);
  await webApps.createOrUpdateSlot(place.group, app, "staging", site);
}

async function assignRoles({ endpoint, subscription }: ResourcePlace, credential: Credential, app: string) {
  const token = await credential.getToken(managementScope);
  for (const { principalId, role, scope, description } of assignmentsOnApp(app)) {
    const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleOf(role).id}`;
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${nameOf([principalId, role, scope])}`;
    const response = await fetch(`${endpoint}${id}?api-version=2022-04-01`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token?.token}`, "content-type": "application/json" },
      body: JSON.stringify({ properties: { roleDefinitionId, principalId, description } }),
    });
    if (!response.ok) throw new InfrastructureError(`${role} on ${app} was not assigned: ${await response.text()}`);
  }
}

/** A role assignment's name is a GUID; the same one for the same assignment, so that it is made once. */
function nameOf(assignment: readonly string[]): string {
  const hex = createHash("sha256").update(assignment.join(" ")).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
