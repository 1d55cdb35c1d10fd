import { request } from "node:https";
import type { Deployment } from "@ratchet/cli/deployment";
import { managementScope } from "@ratchet/contracts";

/** What the console has answered. */
interface ConsoleAnswer {
  readonly status: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

/** The console's HTTP functions, with the rights of an administrator. */
export interface ConsoleClient {
  /** Waits for as long as it takes. */
  ask(method: "GET" | "POST", path: string): Promise<ConsoleAnswer>;
}

/** @throws {Error} when Resource Manager refuses to tell of the console. */
export async function connectConsole(deployment: Deployment): Promise<ConsoleClient> {
  const token = await (deployment.infrastructure ?? deployment.credential).getToken(managementScope);
  const group = `subscriptions/${deployment.setting("AZURE_SUBSCRIPTION_ID")}/resourceGroups/${deployment.setting("AZURE_RESOURCE_GROUP")}`;
  const site = `${deployment.setting("AZURE_RESOURCE_MANAGER_ENDPOINT")}/${group}/providers/Microsoft.Web/sites/console`;
  const manage = async <Answer>(method: "GET" | "POST", path: string): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token?.token}` };
    const response = await fetch(`${site}${path}?api-version=2024-04-01`, { method, headers });
    if (!response.ok) throw new Error(`nothing is said of the console: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const { properties } = await manage<{ readonly properties: { readonly defaultHostName: string } }>("GET", "");
  const { masterKey } = await manage<{ readonly masterKey: string }>("POST", "/host/default/listkeys");
  return {
    ask(method, path) {
      const begun = performance.now();
      return new Promise((resolve, reject) => {
        const url = `https://${properties.defaultHostName}/api/${path}`;
        const sent = request(url, { method, headers: { "x-functions-key": masterKey } }, (response) => {
          let bytes = 0;
          response.on("data", (chunk: Buffer) => {
            bytes += chunk.length;
          });
          response.once("error", reject);
          response.once("end", () =>
            resolve({ status: response.statusCode ?? 0, bytes, milliseconds: performance.now() - begun }),
          );
        });
        sent.once("error", reject);
        sent.end();
      });
    },
  };
}
