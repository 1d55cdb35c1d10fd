import { type ArmRequest, type ArmResponse, type Route, resourceNotFound, route } from "@local-azure/resource-manager";
import { production } from "../site/definition.ts";
import type { Site } from "../site/site.ts";
import type { Sites } from "../sites.ts";

/** An operation that exists for a site and, in the same way, for each of its slots. */
export type SlotHandler = (
  site: Site,
  slot: string,
  request: ArmRequest,
  parameters: Readonly<Record<string, string>>,
) => Promise<ArmResponse> | ArmResponse;

/** The two routes of such an operation: below the site, and below a slot. */
export function slotRoutes(sites: Sites, method: string, below: string, handle: SlotHandler): Route[] {
  const handled = (request: ArmRequest, parameters: Readonly<Record<string, string>>) => {
    const site = siteOf(sites, request, parameters["site"] ?? "");
    const slot = (parameters["slot"] ?? production).toLowerCase();
    if (!site.definition().slots[slot]) throw resourceNotFound(request);
    return handle(site, slot, request, parameters);
  };
  return [
    route(method, `sites/{site}${below}` as string, handled),
    route(method, `sites/{site}/slots/{slot}${below}` as string, handled),
  ];
}

/** @throws {ArmError} when there is no such site in the request's subscription and resource group: 404. */
export function siteOf(sites: Sites, request: ArmRequest, name: string): Site {
  const site = sites.get(name);
  const definition = site?.definition();
  const isThere =
    definition &&
    definition.subscriptionId.toLowerCase() === request.subscriptionId.toLowerCase() &&
    definition.resourceGroup.toLowerCase() === request.resourceGroup?.toLowerCase();
  if (!site || !isThere) throw resourceNotFound(request);
  return site;
}
