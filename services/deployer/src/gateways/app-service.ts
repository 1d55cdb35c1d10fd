import { setTimeout as delay } from "node:timers/promises";
import type { WebSiteManagementClient } from "@azure/arm-appservice";
import type { TokenCredential } from "@azure/identity";
import { managementScope } from "@ratchet/contracts";
import { PermanentError, TransientError } from "@ratchet/messaging";

type SlotName = "staging" | "production";

/** Where a slot can be reached. */
export interface SlotAddress {
  /** Base address of the app in the slot. */
  readonly site: string;
  /** Base address of its deployment service (Kudu). */
  readonly scm: string;
}

/** Function apps with a staging slot. */
export interface AppService {
  /** @throws {UnknownAppError} when there is no such app, or it has no such slot. */
  slot(app: string, slot: SlotName): Promise<SlotAddress>;
  /**
   * Publishes a package to a slot in place of what is there, and waits until the deployment service is done.
   * @throws {PublishError} when the package is refused.
   * @throws {TransientError} when trying again can help.
   */
  publish(address: SlotAddress, zip: Uint8Array): Promise<void>;
  /** Swaps staging and production. */
  swap(app: string): Promise<void>;
}

/** There is no such app, or it has no staging slot. */
export class UnknownAppError extends PermanentError {
  override readonly name = "UnknownAppError";
}

/** The deployment service does not take the package. */
export class PublishError extends PermanentError {
  override readonly name = "PublishError";
}

export interface AppServiceOptions {
  readonly endpoint: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly credential: TokenCredential;
  /** Milliseconds between two looks at an operation. */
  readonly pollInterval?: number;
  /** Milliseconds that publishing may take. */
  readonly publishDeadline?: number;
}

/** Kudu's numbers for how a deployment stands. */
const deploymentFailed = 3;
const deploymentSucceeded = 4;

interface Deployment {
  readonly status: number;
  readonly status_text?: string;
  readonly complete: boolean;
}

function refusal(response: Response, text: string): Error {
  const { status } = response;
  const said = `${status} ${text.slice(0, 500)}`.trim();
  if (status === 401 || status === 403)
    return new PublishError(
      `publishing is not allowed (${said}); the deployer needs the role Website Contributor on the app`,
    );
  // 409: another deployment is under way. 429 and 5xx: the service itself.
  if (status === 409 || status === 429 || status >= 500) return new TransientError(`publishing failed: ${said}`);
  return new PublishError(`the deployment service refuses the package: ${said}`);
}

/** App Service through Azure Resource Manager and Kudu. */
export function appService(options: AppServiceOptions): AppService {
  const {
    endpoint,
    subscriptionId,
    resourceGroup,
    credential,
    pollInterval = 500,
    publishDeadline = 900_000,
  } = options;
  let client: WebSiteManagementClient | undefined;
  const webApps = async () => {
    // Imported when needed: it is large, and most starts of the service deploy nothing.
    const { WebSiteManagementClient: Client } = await import("@azure/arm-appservice");
    client ??= new Client(credential, subscriptionId, { endpoint, credentials: { scopes: [managementScope] } });
    return client.webApps;
  };
  const authorization = async () => {
    const token = await credential.getToken(managementScope);
    if (!token) throw new TransientError("no token for Azure Resource Manager was to be had");
    return { Authorization: `Bearer ${token.token}` };
  };

  /** Hands a package over; gives the id of the deployment that has begun. */
  async function beginDeployment(scm: string, zip: Uint8Array): Promise<string> {
    // Asynchronous: the front end cuts requests off after some four minutes.
    const response = await fetch(`${scm}/api/publish?type=zip&async=true&clean=true&restart=true`, {
      method: "POST",
      headers: { ...(await authorization()), "Content-Type": "application/zip" },
      body: zip as Uint8Array<ArrayBuffer>,
    });
    const text = await response.text();
    if (!response.ok) throw refusal(response, text);
    return response.headers.get("scm-deployment-id") ?? "latest";
  }

  /** The deployment as it stands; undefined while the service restarts or does not know it yet. */
  async function deployment(scm: string, id: string): Promise<Deployment | undefined> {
    const response = await fetch(`${scm}/api/deployments/${id}`, { headers: await authorization() });
    const text = await response.text();
    if (response.status === 404 || response.status >= 500) return undefined;
    if (!response.ok) throw refusal(response, text);
    return JSON.parse(text) as Deployment;
  }

  /** Waits until a deployment has succeeded. */
  async function deployed(scm: string, id: string): Promise<void> {
    const deadline = Date.now() + publishDeadline;
    for (;;) {
      const state = await deployment(scm, id);
      if (state?.complete && state.status === deploymentSucceeded) return;
      if (state?.status === deploymentFailed)
        throw new PublishError(
          `the deployment service could not publish the package: ${state.status_text ?? "no reason given"}`,
        );
      if (Date.now() > deadline) throw new TransientError(`publishing has not ended after ${publishDeadline} ms`);
      await delay(pollInterval);
    }
  }

  return {
    async slot(app, slot) {
      const apps = await webApps();
      const found = await (slot === "production"
        ? apps.get(resourceGroup, app)
        : apps.getSlot(resourceGroup, app, slot)
      ).catch((error: unknown) => {
        if ((error as { readonly statusCode?: number }).statusCode !== 404) throw error;
        const what = slot === "production" ? `function app ${app}` : `slot ${slot} of the function app ${app}`;
        throw new UnknownAppError(
          `there is no ${what} in the resource group ${resourceGroup}; create it, or correct deploy.app in ratchet.yaml`,
        );
      });
      const scm = found.hostNameSslStates?.find(({ hostType }) => hostType === "Repository")?.name;
      if (!found.defaultHostName || !scm)
        throw new UnknownAppError(`the function app ${app} has no host name for its site or its deployment service`);
      return { site: `https://${found.defaultHostName}`, scm: `https://${scm}` };
    },

    publish: async ({ scm }, zip) => deployed(scm, await beginDeployment(scm, zip)),

    async swap(app) {
      const apps = await webApps();
      const swap = { targetSlot: "production", preserveVnet: true };
      await apps.swapSlot(resourceGroup, app, "staging", swap, { updateIntervalInMs: pollInterval });
    },
  };
}
