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
  /** The last to have ended goes by another name: it is not shown yet, or another came after it. */
  | { readonly kind: "another"; readonly why: string }
  /** The deployment service restarts, or knows of none. */
  | { readonly kind: "unknown"; readonly why: string };

/** Function apps with a staging slot. What takes time is begun here and looked at later: nothing waits. */
export interface AppService {
  /** @throws {UnknownAppError} when there is no such app, or it has no such slot. */
  slot(app: string, slot: SlotName): Promise<SlotAddress>;
  /**
   * Begins to publish a package to a slot in place of what is there.
   * @param name tells this publication from every other.
   * @returns the deployment service's own id of it, where it gives one.
   * @throws {PublishError} when the package is refused.
   * @throws {TransientError} when trying again can help.
   */
  beginPublish(address: SlotAddress, zip: Uint8Array, name: string): Promise<string | undefined>;
  /** How the publication of a name stands. That it is done does not say that the app runs it. */
  publishState(address: SlotAddress, name: string): Promise<PublishState>;
  /** Begins to restart what is in staging. */
  restartStaging(app: string): Promise<void>;
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

/** Who has published, as Kudu shows it. */
const deployer = "ratchet-deployer";

/** Kudu's numbers for how a deployment stands. */
const deploymentFailed = 3;
const deploymentSucceeded = 4;

/** @see https://github.com/Azure-App-Service/KuduLite (Kudu.Core/Deployment/DeployResult.cs) */
interface Deployment {
  readonly status: number;
  readonly status_text?: string;
  readonly complete: boolean;
  /** What it was called by who published it. */
  readonly message?: string;
}

/** The deployment, where the answer is one: Kudu, restarting, may answer with anything. */
function deploymentIn(text: string): Deployment | undefined {
  try {
    const deployment = JSON.parse(text) as Deployment | null;
    return typeof deployment?.status === "number" ? deployment : undefined;
  } catch {
    return undefined;
  }
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

    // By zip deployment: the newer `/api/publish` leaves Linux apps that run from a package with what they had, and calls it a success.
    async beginPublish({ scm }, zip, name) {
      const query = new URLSearchParams({ isAsync: "true", trackDeploymentProgress: "true", deployer, message: name });
      const response = await fetch(`${scm}/api/zipdeploy?${query}`, {
        method: "POST",
        headers: { ...(await authorization()), "Content-Type": "application/zip" },
        body: zip as Uint8Array<ArrayBuffer>,
        signal: AbortSignal.timeout(uploadPatience),
      });
      const text = await response.text();
      if (!response.ok) throw refusal(response.status, text);
      return response.headers.get("scm-deployment-id") ?? undefined;
    },

    async publishState({ scm }, name) {
      const response = await fetch(`${scm}/api/deployments/latest`, {
        headers: await authorization(),
        signal: AbortSignal.timeout(patience),
      });
      const text = await response.text();
      const latest = response.ok ? deploymentIn(text) : undefined;
      if (!latest) return { kind: "unknown", why: `the deployment service answers ${saidBy(response.status, text)}` };
      if (!latest.complete) return { kind: "running" };
      if (latest.message !== name)
        return { kind: "another", why: `the deployment service shows another publication: ${latest.message}` };
      if (latest.status === deploymentSucceeded) return { kind: "done" };
      const reason =
        latest.status === deploymentFailed ? (latest.status_text ?? "no reason given") : `status ${latest.status}`;
      return { kind: "failed", why: `the deployment service could not publish the package: ${reason}` };
    },

    async restartStaging(app) {
      const apps = await webApps();
      await apps.restartSlot(resourceGroup, app, "staging", { abortSignal: AbortSignal.timeout(patience) });
    },

    async beginSwap(app) {
      const apps = await webApps();
      const swap = { targetSlot: "production", preserveVnet: true };
      const abortSignal = AbortSignal.timeout(patience);
      await apps.swapSlot(resourceGroup, app, "staging", swap, { abortSignal }).submitted();
    },
  };
}
