import type { IpSecurityRestriction } from "@azure/arm-appservice";
import { Construct } from "constructs";
import type { Caller, Configuration, ServedModel } from "../configuration/configuration.ts";
import { AzapiResource } from "./azapi.ts";
import type { ResourceGroup, ServicePlan, StorageAccount } from "./azurerm.ts";
import { hostEnvironment } from "./environment.ts";
import { appSettings, refusePasswords, type SiteBody, secureSite, secureSiteConfig, webApi } from "./function-app.ts";
import type { Identity } from "./identity.ts";
import { keylessAccount } from "./keyless-account.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

/** Ready means: the model is loaded and has reproduced its golden predictions. */
const readiness = "/v2/health/ready";

/** What App Service itself reads; the app does not. */
export const platformSettings = {
  FUNCTIONS_EXTENSION_VERSION: "~4",
  FUNCTIONS_WORKER_RUNTIME: "node",
  WEBSITE_RUN_FROM_PACKAGE: "1",
  // At `/` is the app's own page.
  AzureWebJobsDisableHomepage: "true",
  // A swap waits until staging answers. Its pings are plain HTTP, which an app that is https-only may redirect; that
  // staging serves as it should has been proven before, over https.
  WEBSITE_SWAP_WARMUP_PING_PATH: readiness,
  WEBSITE_SWAP_WARMUP_PING_STATUSES: "200,301,307,308",
} as const;

export interface InferenceSurroundings {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly group: ResourceGroup;
  readonly identity: Identity;
  readonly observability: Observability;
}

/**
 * The app that serves a model: production and `staging`, alike in every setting, so that a swap changes the package and
 * nothing else. What is published in them is the deployer's business; Terraform never touches it.
 */
export class InferenceApp extends Construct {
  readonly site: AzapiResource;
  readonly account: StorageAccount;

  constructor(
    scope: Construct,
    id: string,
    model: ServedModel,
    plan: ServicePlan,
    surroundings: InferenceSurroundings,
  ) {
    super(scope, id);
    const { configuration, names, group, observability } = surroundings;
    const { id: identity, clientId } = surroundings.identity.of(`inference:${model.name}`);
    const { tags } = configuration;
    this.account = keylessAccount(this, "account", group, {
      name: names.modelAccount(model.name),
      accountReplicationType: configuration.storage.replication,
      tags,
    });
    const environment = {
      ...hostEnvironment({
        clientId,
        hostAccount: this.account.name,
        applicationInsightsConnectionString: observability.applicationInsights.connectionString,
      }),
      ...platformSettings,
    };
    const slot = {
      location: group.location,
      identityIds: [identity],
      tags,
      exports: ["properties.defaultHostName"],
      body: {
        kind: "functionapp,linux",
        properties: {
          ...secureSite,
          serverFarmId: plan.id,
          reserved: true,
          siteConfig: {
            ...secureSiteConfig,
            // Flex Consumption has neither FTP nor a debugger, and refuses to be told so.
            ftpsState: "Disabled",
            remoteDebuggingEnabled: false,
            http20Enabled: true,
            linuxFxVersion: "NODE|24",
            alwaysOn: true,
            use32BitWorkerProcess: false,
            healthCheckPath: readiness,
            ipSecurityRestrictionsDefaultAction: "Deny",
            ipSecurityRestrictions: accessRules(configuration.region, configuration.serving.callers),
            appSettings: appSettings(environment),
          },
        } satisfies SiteBody,
      },
    };
    this.site = new AzapiResource(this, "production", {
      ...slot,
      type: `Microsoft.Web/sites@${webApi}`,
      name: model.app,
      parentId: group.id,
    });
    const staging = new AzapiResource(this, "staging", {
      ...slot,
      type: `Microsoft.Web/sites/slots@${webApi}`,
      name: "staging",
      parentId: this.site.id,
      locks: [this.site.id],
    });
    refusePasswords(this, this.site);
    refusePasswords(this, staging, { kind: "sites/slots", locks: [this.site.id, staging.id] });
    observability.diagnose(`inference-${model.name}-account`, `${this.account.id}/blobServices/default`, {
      logs: ["StorageWrite", "StorageDelete"],
      metrics: "Transaction",
    });
    observability.diagnose(`inference-${model.name}`, this.site.id);
  }

  get endpoint(): string {
    return `https://${this.site.output("properties.defaultHostName")}`;
  }
}

/**
 * The inference functions are anonymous, so the network says who gets in: the deployer, which tests a release where it
 * runs and whose addresses are the region's, and the callers of the configuration. Everybody else is refused.
 */
function accessRules(region: string, callers: readonly Caller[]) {
  const allowed: readonly Caller[] = [{ name: "deployer", addresses: `AzureCloud.${region}` }, ...callers];
  return allowed.map(({ name, addresses }, index) => {
    const tag = addresses.includes("/") ? "Default" : "ServiceTag";
    return { name, action: "Allow", priority: 100 + index, ipAddress: addresses, tag } as const;
  }) satisfies IpSecurityRestriction[];
}
