import { production } from "../site/definition.ts";
import { hostName } from "../site/environment.ts";
import type { Site } from "../site/site.ts";

/** The resource id of a site or one of its slots. */
export function siteId(site: Site, slot: string): string {
  const { subscriptionId, resourceGroup, name } = site.definition();
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Web/sites/${name}`;
  return slot === production ? id : `${id}/slots/${slot}`;
}

/** A site or slot as Azure Resource Manager shows it. Its addresses are here, and nowhere else, for whoever calls it. */
export function siteResource(site: Site, slot: string): object {
  const definition = site.definition();
  const { state, lastModified } = site.slotDefinition(slot);
  const { server, scmServer } = site.running(slot);
  const host = hostName(server.port);
  const scmHost = hostName(scmServer.port);
  const isProduction = slot === production;
  return {
    id: siteId(site, slot),
    name: isProduction ? definition.name : `${definition.name}/${slot}`,
    type: isProduction ? "Microsoft.Web/sites" : "Microsoft.Web/sites/slots",
    kind: definition.kind,
    location: definition.location,
    tags: definition.tags,
    ...(definition.identity === undefined ? {} : { identity: definition.identity }),
    properties: {
      reserved: true,
      httpsOnly: true,
      ...definition.properties,
      state,
      enabled: true,
      usageState: "Normal",
      availabilityState: "Normal",
      repositorySiteName: definition.name,
      resourceGroup: definition.resourceGroup,
      lastModifiedTimeUtc: lastModified,
      defaultHostName: host,
      hostNames: [host],
      enabledHostNames: [host, scmHost],
      hostNameSslStates: [
        { name: host, sslState: "SniEnabled", hostType: "Standard" },
        { name: scmHost, sslState: "SniEnabled", hostType: "Repository" },
      ],
      ...(isProduction && definition.lastSwap ? { slotSwapStatus: definition.lastSwap } : {}),
    },
  };
}

/** A child of a site that holds settings: `config/appsettings` and the like. */
export function configResource(site: Site, slot: string, name: string, properties: object): object {
  const type = slot === production ? "Microsoft.Web/sites/config" : "Microsoft.Web/sites/slots/config";
  return { id: `${siteId(site, slot)}/config/${name}`, name, type, location: site.definition().location, properties };
}
