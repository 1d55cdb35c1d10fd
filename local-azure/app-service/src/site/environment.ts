import { production, type SiteDefinition, type SlotDefinition, slotAppName } from "./definition.ts";

/** The environment of a slot's process: what all sites get, the app settings over it, and the platform's own names. */
export function processSettings(
  site: SiteDefinition,
  slotName: string,
  slot: SlotDefinition,
  common: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...common,
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

/** A slot's address as Azure Resource Manager tells it, here with a port. */
export function hostName(port: number): string {
  return `localhost:${port}`;
}
