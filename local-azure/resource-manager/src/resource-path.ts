import { decodePart } from "@local-azure/http";
import { ArmError } from "./errors.ts";
import type { ArmRequest } from "./provider.ts";

type ResourcePath = Pick<ArmRequest, "path" | "scope" | "namespace" | "segments" | "subscriptionId" | "resourceGroup">;

/**
 * Takes a resource id path apart. The last `/providers/` decides who is asked, as on Azure, where an extension
 * resource (an event subscription on a storage account) belongs to the provider named last. SDKs put a slash before
 * a scope that has one already; Azure takes the doubled one for one.
 * @throws {ArmError} when it names no subscription or no provider: 404.
 * @throws {BadRequestError} when a segment is not valid percent-encoding.
 */
export function parseResourcePath(written: string): ResourcePath {
  const path = written.replace(/^\/+/, "/");
  const parts = path.split("/").slice(1).map(decodePart);
  if (parts.at(-1) === "") parts.pop();
  const lower = parts.map((part) => part.toLowerCase());
  const subscriptionId = lower[0] === "subscriptions" ? parts[1] : undefined;
  const providers = lower.lastIndexOf("providers");
  const namespace = providers < 0 ? undefined : parts[providers + 1];
  if (!subscriptionId || !namespace) {
    throw new ArmError(
      404,
      "NotFound",
      `'${path}' is not the path of a resource: /subscriptions/{id}/resourceGroups/{name}/providers/{namespace}/{type}/{name}.`,
    );
  }
  return {
    path,
    scope: `/${parts.slice(0, providers).join("/")}`,
    namespace,
    segments: parts.slice(providers + 2),
    subscriptionId,
    resourceGroup: lower[2] === "resourcegroups" ? parts[3] : undefined,
  };
}
