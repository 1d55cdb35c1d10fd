import type { WebSiteManagementClient } from "@azure/arm-appservice";
import type { TokenCredential } from "@azure/identity";
import { managementScope } from "@ratchet/contracts";
import { PermanentError, TransientError } from "@ratchet/messaging";

type SlotName = "staging" | "production";

/** Where a slot can be reached. */
interface SlotAddress {
  /** Base address of the app in the slot. */
  readonly site: string;
  /** Base address of its deployment service (Kudu). */
  readonly scm: string;
}

/** How a publication stands. */
export type PublishState =
  | { readonly kind: "running" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly why: string }
  /** The deployment service restarts, or does not know it. */
  | { readonly kind: "unknown"; readonly why: string };

/** Function apps with a staging slot. What takes time is begun here and looked at later: nothing waits. */
export interface AppService {
  /** @throws {UnknownAppError} when there is no such app, or it has no such slot. */
  slot(app: string, slot: SlotName): Promise<SlotAddress>;
  /**
   * Begins to publish a package to a slot in place of what is there.
   * @returns the id of the publication.
   * @throws {PublishError} when the package is refused.
   * @throws {TransientError} when trying again can help.
   */
  beginPublish(address: SlotAddress, zip: Uint8Array): Promise<string>;
  publishState(address: SlotAddress, publication: string): Promise<PublishState>;
  /** Begins to swap staging and production. Whether it was done is read from the slots. */
  beginSwap(app: string): Promise<void>;
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
}

/** Kudu's numbers for how a deployment stands. */
const deploymentFailed = 3;
const deploymentSucceeded = 4;

interface Deployment {
  readonly status: number;
  readonly status_text?: string;
  readonly complete: boolean;
}

/** The front end cuts requests off after some four minutes. */
const uploadPatience = 240_000;
const patience = 30_000;

const saidBy = (status: number, text: string): string => `${status} ${text.slice(0, 500)}`.trim();

function refusal(status: number, text: string): Error {
  const said = saidBy(status, text);
  // Roles that were given take minutes to be known everywhere.
  if (status === 401 || status === 403)
    return new TransientError(
      `publishing is not allowed (${said}); the deployer needs the role Website Contributor on the app`,
    );
  // 409: another deployment is under way. 429 and 5xx: the service itself.
  if (status === 409 || status === 429 || status >= 500) return new TransientError(`publishing failed: ${said}`);
  return new PublishError(`the deployment service refuses the package: ${said}`);
}

/** App Service through Azure Resource Manager and Kudu. */
export function appService(options: AppServiceOptions): AppService {
  const { endpoint, subscriptionId, resourceGroup, credential } = options;
  let client: WebSiteManagementClient | undefined;
  const webApps = async () => {
    // Imported when needed: it is large, and most starts of the service deploy nothing.
    const { WebSiteManagementClient: Client } = await import("@azure/arm-appservice");
    client ??= new Client(credential, subscriptionId, {
      endpoint,
      credentials: { scopes: [managementScope] },
      // A swap whose answer was lost must not be asked for once more behind our back: it would be undone.
      retryOptions: { maxRetries: 0 },
    });
    return client.webApps;
  };
  const authorization = async () => {
    const token = await credential.getToken(managementScope);
    if (!token) throw new TransientError("no token for Azure Resource Manager was to be had");
    return { Authorization: `Bearer ${token.token}` };
  };

  return {
    async slot(app, slot) {
      const apps = await webApps();
      const abortSignal = AbortSignal.timeout(patience);
      const found = await (slot === "production"
        ? apps.get(resourceGroup, app, { abortSignal })
        : apps.getSlot(resourceGroup, app, slot, { abortSignal })
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

    async beginPublish({ scm }, zip) {
      const response = await fetch(`${scm}/api/publish?type=zip&async=true&clean=true&restart=true`, {
        method: "POST",
        headers: { ...(await authorization()), "Content-Type": "application/zip" },
        body: zip as Uint8Array<ArrayBuffer>,
        signal: AbortSignal.timeout(uploadPatience),
      });
      const text = await response.text();
      if (!response.ok) throw refusal(response.status, text);
      return response.headers.get("scm-deployment-id") ?? "latest";
    },

    async publishState({ scm }, publication) {
      const response = await fetch(`${scm}/api/deployments/${publication}`, {
        headers: await authorization(),
        signal: AbortSignal.timeout(patience),
      });
      const text = await response.text();
      if (!response.ok)
        return { kind: "unknown", why: `the deployment service answers ${saidBy(response.status, text)}` };
      const { complete, status, status_text: reason } = JSON.parse(text) as Deployment;
      if (status === deploymentFailed)
        return {
          kind: "failed",
          why: `the deployment service could not publish the package: ${reason ?? "no reason given"}`,
        };
      return complete && status === deploymentSucceeded ? { kind: "done" } : { kind: "running" };
    },

    async beginSwap(app) {
      const apps = await webApps();
      const swap = { targetSlot: "production", preserveVnet: true };
      const abortSignal = AbortSignal.timeout(patience);
      await apps.swapSlot(resourceGroup, app, "staging", swap, { abortSignal }).submitted();
    },
  };
}
