import { Construct } from "constructs";
import {
  LinuxFunctionApp,
  LinuxFunctionAppSlot,
  type ResourceGroup,
  type ServicePlan,
  type StorageAccount,
} from "./azurerm.ts";
import type { Caller, Configuration, ServedModel } from "./config.ts";
import { hostEnvironment } from "./environment.ts";
import type { Identity } from "./identity.ts";
import { keylessAccount } from "./keyless-account.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

/** Ready means: the model is loaded and has reproduced its golden predictions. */
const readiness = "/v2/health/ready";

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
  readonly app: LinuxFunctionApp;
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
    const identity = surroundings.identity.of(`inference:${model.name}`);
    this.account = keylessAccount(this, "account", group, {
      name: names.modelAccount(model.name),
      accountReplicationType: configuration.storage.replication,
      tags: configuration.tags,
    });
    const slot = {
      httpsOnly: true,
      functionsExtensionVersion: "~4",
      storageAccountName: this.account.name,
      storageUsesManagedIdentity: true,
      builtinLoggingEnabled: false,
      ftpPublishBasicAuthenticationEnabled: false,
      webdeployPublishBasicAuthenticationEnabled: false,
      identity: { type: "UserAssigned", identityIds: [identity.id] },
      keyVaultReferenceIdentityId: identity.id,
      siteConfig: {
        alwaysOn: true,
        // azurerm 4.55 refuses 24 (its issue 31478); the bundles are built for 22 and up.
        applicationStack: { nodeVersion: "22" },
        ftpsState: "Disabled",
        http2Enabled: true,
        minimumTlsVersion: "1.2",
        scmMinimumTlsVersion: "1.2",
        use32BitWorker: false,
        ipRestrictionDefaultAction: "Deny",
        ipRestriction: accessRules(configuration.region, configuration.serving.callers),
        healthCheckPath: readiness,
        healthCheckEvictionTimeInMin: 5,
        applicationInsightsConnectionString: observability.applicationInsights.connectionString,
      },
      appSettings: {
        ...inferenceEnvironment(identity.clientId, this.account.name),
        WEBSITE_RUN_FROM_PACKAGE: "1",
        WEBSITE_SWAP_WARMUP_PING_PATH: readiness,
        WEBSITE_SWAP_WARMUP_PING_STATUSES: "200",
      },
      tags: configuration.tags,
      // With a new package the platform writes this one itself.
      lifecycle: { ignoreChanges: ['app_settings["WEBSITE_RUN_FROM_PACKAGE"]'] },
    };
    this.app = new LinuxFunctionApp(this, "production", {
      ...slot,
      name: model.app,
      resourceGroupName: group.name,
      location: group.location,
      servicePlanId: plan.id,
    });
    new LinuxFunctionAppSlot(this, "staging", { ...slot, name: "staging", functionAppId: this.app.id });
    observability.diagnose(`inference-${model.name}-account`, `${this.account.id}/blobServices/default`, {
      logs: ["StorageWrite", "StorageDelete"],
      metrics: "Transaction",
    });
    observability.diagnose(`inference-${model.name}`, this.app.id);
  }

  get endpoint(): string {
    return `https://${this.app.defaultHostname}`;
  }
}

/** azurerm itself sets the account's name and the connection string, from attributes of the app. */
function inferenceEnvironment(clientId: string, hostAccount: string) {
  const { AzureWebJobsStorage__accountName, APPLICATIONINSIGHTS_CONNECTION_STRING, ...rest } = hostEnvironment({
    clientId,
    hostAccount,
    applicationInsightsConnectionString: "",
  });
  return rest;
}

/**
 * The inference functions are anonymous, so the network says who gets in: the deployer, which tests a release where it
 * runs and whose addresses are the region's, and the callers of the configuration. Everybody else is refused.
 */
function accessRules(region: string, callers: readonly Caller[]) {
  const allowed: readonly Caller[] = [{ name: "deployer", addresses: `AzureCloud.${region}` }, ...callers];
  return allowed.map(({ name, addresses }, index) => ({
    name,
    action: "Allow",
    priority: 100 + index,
    ...(addresses.includes("/") ? { ipAddress: addresses } : { serviceTag: addresses }),
  }));
}
