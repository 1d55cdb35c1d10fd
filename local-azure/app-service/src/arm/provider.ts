import {
  ArmError,
  type ArmRequest,
  type ArmResponse,
  dispatch,
  pageOf,
  type ResourceProvider,
  type Route,
  resourceNotFound,
  route,
} from "@local-azure/resource-manager";
import { production, withSlot } from "../site/definition.ts";
import { SiteNameError } from "../site/names.ts";
import { restartSlot, startSlot, stopSlot, updateSettings } from "../site/restart.ts";
import { newSite, type Site } from "../site/site.ts";
import { swapSlots } from "../site/swap.ts";
import type { Sites } from "../sites.ts";
import { settingsBody, signInBody, siteBody, stickyNamesBody, targetSlotBody } from "./body.ts";
import { functionRoutes } from "./function-routes.ts";
import { configResource, siteId, siteResource } from "./site-resource.ts";
import { type SlotHandler, siteOf, slotRoutes } from "./slot-routes.ts";

/** `Microsoft.Web` for the local Resource Manager. */
export function createAppServiceProvider(sites: Sites): ResourceProvider {
  const routes: readonly Route[] = [
    route("GET", "sites", (request) =>
      pageOf(
        request,
        ({ skip, top }) =>
          sitesOf(sites, request)
            .slice(skip, skip + top)
            .map((site) => siteResource(site, production)),
        100,
      ),
    ),
    route("PUT", "sites/{site}", (request, { site }) => putSite(sites, request, site)),
    route("DELETE", "sites/{site}", async (request, { site }) => {
      if (!sites.get(site)) return { status: 204 };
      await sites.delete(siteOf(sites, request, site).name);
      return { status: 200 };
    }),
    route("GET", "sites/{site}/slots", (request, { site }) => {
      const found = siteOf(sites, request, site);
      const slots = Object.keys(found.definition().slots).filter((slot) => slot !== production);
      return pageOf(
        request,
        ({ skip, top }) => slots.slice(skip, skip + top).map((slot) => siteResource(found, slot)),
        100,
      );
    }),
    route("PUT", "sites/{site}/slots/{slot}", (request, { site, slot }) =>
      putSlot(siteOf(sites, request, site), slot.toLowerCase(), request),
    ),
    route("DELETE", "sites/{site}/slots/{slot}", async (request, { site, slot }) => {
      const found = siteOf(sites, request, site);
      const name = slot.toLowerCase();
      if (name === production) throw new ArmError(409, "Conflict", "The production slot is deleted with its site.");
      if (!found.definition().slots[name]) return { status: 204 };
      await found.change(() => found.removeSlot(name));
      return { status: 200 };
    }),
    route("GET", "sites/{site}/config/slotConfigNames", (request, { site }) =>
      stickyNames(siteOf(sites, request, site)),
    ),
    route("PUT", "sites/{site}/config/slotConfigNames", async (request, { site }) => {
      const found = siteOf(sites, request, site);
      const stickySettings = stickyNamesBody(request.body);
      await found.change(async () => found.save({ ...found.definition(), stickySettings }));
      return stickyNames(found);
    }),
    ...slotRoutes(sites, "GET", "", getSite),
    ...slotRoutes(sites, "PATCH", "", (site, slot, request) => update(site, slot, request)),
    ...slotRoutes(sites, "POST", "/config/appsettings/list", (site, slot) => appSettings(site, slot)),
    ...slotRoutes(sites, "PUT", "/config/appsettings", async (site, slot, request) => {
      await site.change(() => updateSettings(site, slot, settingsBody(request.body)));
      return appSettings(site, slot);
    }),
    ...slotRoutes(sites, "GET", "/config/authsettingsV2", signIn),
    ...slotRoutes(sites, "PUT", "/config/authsettingsV2", async (site, slot, request) => {
      const settings = signInBody(request.body);
      await site.change(async () => site.save(withSlot(site.definition(), slot, { signIn: settings })));
      return signIn(site, slot, request, {});
    }),
    ...slotRoutes(sites, "POST", "/start", changing(startSlot)),
    ...slotRoutes(sites, "POST", "/stop", changing(stopSlot)),
    ...slotRoutes(sites, "POST", "/restart", changing(restartSlot)),
    ...slotRoutes(sites, "POST", "/slotsswap", swap),
    ...functionRoutes(sites),
  ];
  return {
    namespace: "Microsoft.Web",
    async handle(request) {
      try {
        return await dispatch(routes, request);
      } catch (error) {
        if (error instanceof SiteNameError) throw new ArmError(400, "BadRequest", error.message);
        throw error;
      }
    },
  };
}

const signIn: SlotHandler = (site, slot) => ({
  status: 200,
  body: configResource(site, slot, "authsettingsV2", site.slotDefinition(slot).signIn ?? {}),
});

const getSite: SlotHandler = (site, slot) => ({ status: 200, body: siteResource(site, slot) });

/** A change that is over when the call returns. */
function changing(change: (site: Site, slot: string) => Promise<void>): SlotHandler {
  return async (site, slot) => {
    await site.change(() => change(site, slot));
    return { status: 200 };
  };
}

/** Production is always the target: the other slot is warmed up, whichever way round the call names them. */
const swap: SlotHandler = (site, slot, request) => {
  const other = targetSlotBody(request.body);
  for (const name of [slot, other])
    if (!site.definition().slots[name])
      throw resourceNotFound({ ...request, segments: ["sites", site.name, "slots", name] });
  if (slot === other) throw new ArmError(400, "BadRequest", `The slot "${slot}" cannot be swapped with itself.`);
  const [source, target] = slot === production ? [other, slot] : [slot, other];
  return request.startOperation(
    async () => {
      await site
        .change(() => swapSlots(site, source, target))
        .catch((error: unknown) => {
          throw new ArmError(409, "Conflict", error instanceof Error ? error.message : String(error));
        });
      return siteResource(site, slot);
    },
    { below: siteId(site, slot) },
  );
};

function sitesOf(sites: Sites, request: ArmRequest): readonly Site[] {
  return sites.list().filter((site) => {
    const { subscriptionId, resourceGroup } = site.definition();
    return (
      same(subscriptionId, request.subscriptionId) &&
      (request.resourceGroup === undefined || same(resourceGroup, request.resourceGroup))
    );
  });
}

async function putSite(sites: Sites, request: ArmRequest, name: string): Promise<ArmResponse> {
  const { subscriptionId, resourceGroup } = request;
  if (resourceGroup === undefined) throw new ArmError(400, "BadRequest", "A site belongs to a resource group.");
  const taken = sites.get(name);
  if (taken && !same(taken.definition().resourceGroup, resourceGroup)) {
    throw new ArmError(409, "Conflict", `Website with given name ${name} already exists.`);
  }
  const { location } = siteBody(request.body);
  const site =
    taken ??
    (await sites.add(newSite({ name, subscriptionId, resourceGroup }, location === undefined ? {} : { location })));
  return update(site, production, request);
}

async function putSlot(site: Site, slot: string, request: ArmRequest): Promise<ArmResponse> {
  await site.change(async () => {
    if (!site.definition().slots[slot]) await site.addSlot(slot, {});
  });
  return update(site, slot, request);
}

/** Takes over what a body says of a site. What it does not say stays as it is. */
async function update(site: Site, slot: string, request: ArmRequest): Promise<ArmResponse> {
  const { appSettings: settings, properties, ...rest } = siteBody(request.body);
  await site.change(async () => {
    if (slot === production) {
      const before = site.definition();
      site.save({ ...before, ...rest, properties: { ...before.properties, ...properties } });
    }
    if (settings) await updateSettings(site, slot, settings);
  });
  return { status: 200, body: siteResource(site, slot) };
}

function appSettings(site: Site, slot: string): ArmResponse {
  return { status: 200, body: configResource(site, slot, "appsettings", site.slotDefinition(slot).appSettings) };
}

function stickyNames(site: Site): ArmResponse {
  return {
    status: 200,
    body: configResource(site, production, "slotConfigNames", {
      appSettingNames: site.definition().stickySettings,
      connectionStringNames: [],
      azureStorageConfigNames: [],
    }),
  };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
