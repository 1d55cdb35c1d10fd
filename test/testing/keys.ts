import type { Deployment } from "@ratchet/cli/deployment";
import { managementScope } from "@ratchet/contracts";

/**
 * Asks Resource Manager about a function app, as `az functionapp` does.
 * @throws {Error} when Resource Manager refuses.
 */
async function ask(deployment: Deployment, method: "GET" | "POST", app: string, path = ""): Promise<unknown> {
  const token = await (deployment.infrastructure ?? deployment.credential).getToken(managementScope);
  const group = `subscriptions/${deployment.setting("AZURE_SUBSCRIPTION_ID")}/resourceGroups/${deployment.setting("AZURE_RESOURCE_GROUP")}`;
  const response = await fetch(
    `${deployment.setting("AZURE_RESOURCE_MANAGER_ENDPOINT")}/${group}/providers/Microsoft.Web/sites/${app}${path}?api-version=2024-04-01`,
    { method, headers: { authorization: `Bearer ${token?.token}` } },
  );
  if (!response.ok) throw new Error(`nothing is said of ${app}${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/**
 * The keys of a function app: `az functionapp keys list`.
 * @throws {Error} when Resource Manager refuses.
 */
export async function keysOf(
  deployment: Deployment,
  app: string,
): Promise<{ readonly master: string; readonly function: string }> {
  const keys = (await ask(deployment, "POST", app, "/host/default/listkeys")) as {
    readonly masterKey: string;
    readonly functionKeys: { readonly default: string };
  };
  return { master: keys.masterKey, function: keys.functionKeys.default };
}

/**
 * Where a function app answers: `az functionapp show`.
 * @throws {Error} when Resource Manager refuses.
 */
export async function addressOf(deployment: Deployment, app: string): Promise<string> {
  const site = (await ask(deployment, "GET", app)) as { readonly properties: { readonly defaultHostName: string } };
  return `https://${site.properties.defaultHostName}`;
}

/** Posts JSON to a function, with a key or without. */
export const post = (url: string, body: object, key?: string): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "x-functions-key": key }) },
    body: JSON.stringify(body),
  });
