import type { AccessControl } from "@local-azure/authorization";
import type { TlsMaterial } from "@local-azure/functions-host";
import type { ResourceProvider } from "@local-azure/resource-manager";
import { createAppServiceProvider } from "./arm/provider.ts";
import type { EnvironmentFor, SiteDown, SiteLogRecord, SiteSlot, Weather } from "./site/host-context.ts";
import type { VerifyCaller } from "./site/sign-in.ts";
import { openSites, type SiteAddress, type WantedSite } from "./sites.ts";

export interface AppServiceOptions {
  /** Certificate and key for `localhost`, for every address of every site. */
  readonly tls: TlsMaterial;
  /** Data folder: definitions and published packages. What is in it comes back. */
  readonly folder: string;
  /** In the environment of an app, below its own settings: what it needs to be believed as its identities. */
  readonly environmentFor?: EnvironmentFor;
  /** A certificate authority (PEM) that every app trusts beside the usual ones. */
  readonly ca?: string;
  /** Who publishes and whether they may; without it every bearer token may. */
  readonly access?: AccessControl;
  /** Who asks an app whose sign-in wants to know; without it nobody is believed. */
  readonly verifyCaller?: VerifyCaller;
  /** `rough` unless said. */
  readonly weather?: Weather;
  readonly onLog?: (record: SiteLogRecord) => void;
  /** Told each time that an app has ended by itself, or did not start, and is started again. */
  readonly onDown?: (down: SiteDown) => void;
  /** Told when an app that was down serves again. */
  readonly onUp?: (up: SiteSlot) => void;
}

export interface AppService {
  /** `Microsoft.Web`, to plug into the local Resource Manager. */
  readonly provider: ResourceProvider;
  readonly sites: {
    /**
     * Creates a site, or brings an existing one to this form; restarts only what has changed.
     * @throws {FunctionAppStartError} when the app of its `directory` does not start.
     */
    create(site: WantedSite): Promise<SiteAddress>;
    delete(name: string): Promise<void>;
  };
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const believeNobody: VerifyCaller = () => {
  throw new Error("Nobody has told this App Service whose tokens are good.");
};

/** Starts App Service: sites and slots with their addresses, their processes and the deployment service. */
export async function createAppService(options: AppServiceOptions): Promise<AppService> {
  const sites = await openSites({
    tls: options.tls,
    folder: options.folder,
    environmentFor: options.environmentFor ?? (() => ({})),
    ca: options.ca,
    access: options.access,
    verifyCaller: options.verifyCaller ?? believeNobody,
    weather: options.weather ?? "rough",
    onLog: options.onLog ?? (() => undefined),
    onDown: options.onDown ?? (() => undefined),
    onUp: options.onUp ?? (() => undefined),
  });
  const { create, delete: remove, close } = sites;
  return {
    provider: createAppServiceProvider(sites),
    sites: { create, delete: remove },
    close,
    [Symbol.asyncDispose]: close,
  };
}
