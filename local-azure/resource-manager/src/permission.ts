import type { Permission } from "@local-azure/authorization";
import type { ArmRequest } from "./provider.ts";

/** What the last word of an action is for each method; a POST below a resource is an action of its own. */
const verbs: Readonly<Record<string, string>> = {
  GET: "read",
  HEAD: "read",
  PUT: "write",
  PATCH: "write",
  POST: "write",
  DELETE: "delete",
};

/**
 * What a request needs, as Resource Manager derives it from the address: `GET …/sites/a/slots/b` is
 * `Microsoft.Web/sites/slots/read` on the slot, `POST …/slots/b/slotsswap` is `Microsoft.Web/sites/slots/slotsswap/action`.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
 */
export function permissionFor(request: Pick<ArmRequest, "method" | "scope" | "namespace" | "segments">): Permission {
  const { method, scope, namespace, segments } = request;
  const type = [namespace, ...segments.filter((_, index) => index % 2 === 0)].join("/");
  const isResource = segments.length % 2 === 0;
  const verb = method === "POST" && !isResource ? "action" : (verbs[method] ?? "action");
  const resource = isResource ? segments : segments.slice(0, -1);
  const at = resource.length === 0 ? scope : [scope, "providers", namespace, ...resource].join("/");
  return { plane: "control", action: `${type}/${verb}`, scope: at };
}
