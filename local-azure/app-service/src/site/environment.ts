import { production, type SiteDefinition, type SlotDefinition, slotAppName } from "./definition.ts";
import type { EnvironmentFor } from "./host-context.ts";

/** The environment of a slot's process: what its identities need, the app settings over it, and the platform's own names. */
export function processSettings(
  site: SiteDefinition,
  slotName: string,
  slot: SlotDefinition,
  environmentFor: EnvironmentFor,
): Record<string, string> {
  return {
    ...environmentFor(identityIdsOf(site)),
    ...slot.appSettings,
    WEBSITE_SITE_NAME: site.name,
    WEBSITE_SLOT_NAME: slotName === production ? "Production" : slotName,
    WEBSITE_HOSTNAME: hostName(slot.ports.site),
    WEBSITE_RESOURCE_GROUP: site.resourceGroup,
    WEBSITE_OWNER_NAME: `${site.subscriptionId}+${site.resourceGroup}`,
    WEBSITE_DEPLOYMENT_ID: slotAppName(site.name, slotName),
    REGION_NAME: site.location,
  };
}

/** The resource ids of the user-assigned identities of a site, as its definition in Resource Manager has them. */
function identityIdsOf({ identity }: Pick<SiteDefinition, "identity">): readonly string[] {
  const { userAssignedIdentities = {} } = (identity ?? {}) as { readonly userAssignedIdentities?: object };
  return Object.keys(userAssignedIdentities);
}

/** A slot's address as Azure Resource Manager tells it, here with a port. */
export function hostName(port: number): string {
  return `localhost:${port}`;
}
