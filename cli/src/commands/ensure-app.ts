import { WebSiteManagementClient } from "@azure/arm-appservice";
import { managementScope } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { NoDeploymentError } from "../errors.ts";
import { type ResourcePlace, resourcePlace } from "../resource-manager.ts";

const isNotFound = (error: unknown) =>
  typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === 404;

/** Undefined where the environment does not say where resources are managed: data commands do without. */
function placeOf(deployment: Deployment): ResourcePlace | undefined {
  try {
    return resourcePlace(deployment);
  } catch (error) {
    if (error instanceof NoDeploymentError) return undefined;
    throw error;
  }
}

/**
 * Looks whether the function app that shall serve a model is there. On Azure infrastructure makes it; the local App
 * Service is asked to make it here, with a staging slot.
 * @returns `unknown` where the environment does not say where to look.
 */
export async function ensureApp(
  deployment: Deployment,
  app: string,
): Promise<"there" | "made" | "missing" | "unknown"> {
  const place = placeOf(deployment);
  if (!place) return "unknown";
  const { webApps } = new WebSiteManagementClient(deployment.credential, place.subscription, {
    endpoint: place.endpoint,
    credentials: { scopes: [managementScope] },
  });
  try {
    await webApps.get(place.group, app);
    return "there";
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  if (!deployment.local) return "missing";
  const site = { location: "local", kind: "functionapp,linux" };
  await webApps.createOrUpdate(place.group, app, site);
  await webApps.createOrUpdateSlot(place.group, app, "staging", site);
  return "made";
}
