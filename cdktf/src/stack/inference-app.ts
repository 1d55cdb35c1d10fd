import { Construct } from "constructs";
import type { Configuration, ServedModel } from "../configuration/configuration.ts";
import { type Admitted, admission } from "./admission.ts";
import { AzapiResource } from "./azapi.ts";
import type { ResourceGroup, ServicePlan, StorageAccount } from "./azurerm.ts";
import { hostEnvironment } from "./environment.ts";
import {
  appSettings,
  refusePasswords,
  type SiteBody,
  secureSite,
  secureSiteConfig,
  setPart,
  webApi,
} from "./function-app.ts";
import type { Identity } from "./identity.ts";
import { keylessAccount } from "./keyless-account.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

/** Ready means: the model is loaded and has reproduced its golden predictions. The platform asks as nobody. */
const readiness = "/v2/health/ready";
const liveness = "/v2/health/live";

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
    // Each slot has its own, and a swap would bring staging's into production: both are alike.
    const signIn = admission(admittedTo(surroundings), [readiness, liveness]);
    setPart(this, "production-sign-in", this.site, "sites/config", "authsettingsV2", signIn);
    const locks = [this.site.id, staging.id];
    setPart(this, "staging-sign-in", staging, "sites/slots/config", "authsettingsV2", signIn, locks);
    refusePasswords(this, this.site);
    refusePasswords(this, staging, { kind: "sites/slots", locks });
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
 * The inference functions are anonymous, so App Service says who gets in before they are asked: the deployer, which tests a
 * release where it runs, the callers of the configuration, and the operators. Not by address: who calls from inside a region comes
 * from addresses that no service tag has (https://github.com/Azure/static-web-apps/issues/1666).
 */
function admittedTo({ configuration, identity }: InferenceSurroundings): Admitted {
  const { tenant, serving, access } = configuration;
  const callers = serving.callers.map(({ objectId }) => objectId);
  return {
    tenant,
    registration: serving.registration,
    identities: [identity.of("deployer").principalId, ...callers],
    groups: [access.operators],
  };
}
