import { WebSiteManagementClient } from "@azure/arm-appservice";
import { managementScope } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { NoDeploymentError } from "../errors.ts";
import { type ResourcePlace, resourcePlace } from "../resource-manager.ts";

/** Whoever has a role on an app alone is not told that there is none: what cannot be seen is not there. */
const isNotThere = (error: unknown) =>
  typeof error === "object" && error !== null && "statusCode" in error && [403, 404].includes(Number(error.statusCode));

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
 * Looks whether the function app that shall serve a model is there. On Azure infrastructure makes it; on this machine it
 * is made now, with a staging slot, and with the roles that infrastructure assigns on it.
 * @returns `unknown` where the environment does not say where to look.
 */
export async function ensureApp(
  deployment: Deployment,
  app: string,
): Promise<"there" | "made" | "missing" | "unknown"> {
  const place = placeOf(deployment);
  if (!place) return "unknown";
  const { credential, infrastructure } = deployment;
  const { webApps } = new WebSiteManagementClient(infrastructure ?? credential, place.subscription, {
    endpoint: place.endpoint,
    credentials: { scopes: [managementScope] },
  });
  try {
    await webApps.get(place.group, app);
    return "there";
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  if (!infrastructure) return "missing";
  const { makeApp } = await import("../local/make-app.ts");
  await makeApp(place, infrastructure, app);
  return "made";
}
