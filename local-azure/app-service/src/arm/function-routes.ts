import type { FunctionInfo } from "@local-azure/functions-host";
import { pageOf, type Route, resourceNotFound } from "@local-azure/resource-manager";
import { production } from "../site/definition.ts";
import { hostName } from "../site/environment.ts";
import type { Site } from "../site/site.ts";
import type { Sites } from "../sites.ts";
import { siteId } from "./site-resource.ts";
import { slotRoutes } from "./slot-routes.ts";

/** The functions of a site and the keys that open them. */
export function functionRoutes(sites: Sites): Route[] {
  return [
    ...slotRoutes(sites, "GET", "/functions", (site, slot, request) =>
      pageOf(
        request,
        ({ skip, top }) =>
          site
            .functions(slot)
            .slice(skip, skip + top)
            .map((fn) => functionResource(site, slot, fn)),
        100,
      ),
    ),
    ...slotRoutes(sites, "GET", "/functions/{function}", (site, slot, request, parameters) => {
      const found = site
        .functions(slot)
        .find(({ name }) => name.toLowerCase() === parameters["function"]?.toLowerCase());
      if (!found) throw resourceNotFound(request);
      return { status: 200, body: functionResource(site, slot, found) };
    }),
    ...slotRoutes(sites, "POST", "/functions/{function}/listkeys", (site, slot, request, parameters) => {
      const found = site
        .functions(slot)
        .find(({ name }) => name.toLowerCase() === parameters["function"]?.toLowerCase());
      if (!found) throw resourceNotFound(request);
      return { status: 200, body: site.slotDefinition(slot).keys.functionKeys };
    }),
    ...slotRoutes(sites, "POST", "/host/default/listkeys", (site, slot) => {
      const { master, functionKeys, systemKeys } = site.slotDefinition(slot).keys;
      return { status: 200, body: { masterKey: master, functionKeys, systemKeys } };
    }),
  ];
}

function functionResource(site: Site, slot: string, fn: FunctionInfo): object {
  const host = `https://${hostName(site.running(slot).server.port)}`;
  return {
    id: `${siteId(site, slot)}/functions/${fn.name}`,
    name: `${site.name}/${fn.name}`,
    type: slot === production ? "Microsoft.Web/sites/functions" : "Microsoft.Web/sites/slots/functions",
    properties: {
      name: fn.name,
      language: "node",
      isDisabled: fn.disabled,
      href: `${host}/admin/functions/${fn.name}`,
      ...(fn.route === undefined ? {} : { invoke_url_template: `${host}/${fn.route}` }),
      config: { bindings: [{ type: fn.trigger, direction: "in", ...(fn.methods ? { methods: fn.methods } : {}) }] },
    },
  };
}
