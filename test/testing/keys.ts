import { managementScope } from "@ratchet/contracts";
import type { Stack } from "./stack.ts";

/**
 * The keys of a function app, asked of Resource Manager as on Azure: `az functionapp keys list`.
 * @throws {Error} when Resource Manager refuses.
 */
export async function keysOf(
  { running }: Stack,
  app: string,
): Promise<{ readonly master: string; readonly function: string }> {
  const { deployment } = running;
  const token = await deployment.credential.getToken(managementScope);
  const group = `subscriptions/${deployment.setting("AZURE_SUBSCRIPTION_ID")}/resourceGroups/${deployment.setting("AZURE_RESOURCE_GROUP")}`;
  const response = await fetch(
    `${deployment.setting("AZURE_RESOURCE_MANAGER_ENDPOINT")}/${group}/providers/Microsoft.Web/sites/${app}/host/default/listkeys?api-version=2024-04-01`,
    { method: "POST", headers: { authorization: `Bearer ${token?.token}` } },
  );
  if (!response.ok) throw new Error(`no keys of ${app}: ${response.status} ${await response.text()}`);
  const keys = (await response.json()) as { masterKey: string; functionKeys: { default: string } };
  return { master: keys.masterKey, function: keys.functionKeys.default };
}

/** Posts JSON to a function, with a key or without. */
export const post = (url: string, body: object, key?: string): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "x-functions-key": key }) },
    body: JSON.stringify(body),
  });
