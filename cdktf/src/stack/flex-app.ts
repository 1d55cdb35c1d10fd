import type { ServiceName } from "@ratchet/contracts";
import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import { type Admitted, admission } from "./admission.ts";
import { AzapiResource } from "./azapi.ts";
import {
  type ResourceGroup,
  ServicePlan,
  type StorageAccount,
  StorageContainer,
  type UserAssignedIdentity,
} from "./azurerm.ts";
import { type SettingSources, secretsReadBy, serviceEnvironment } from "./environment.ts";
import {
  appSettings,
  refusePasswords,
  type SiteBody,
  secureSite,
  secureSiteConfig,
  setPart,
  webApi,
} from "./function-app.ts";
import { keylessAccount } from "./keyless-account.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

/** The packages of an app, in its own account: who may write here decides what runs. */
const packages = "app-packages";

export interface FlexAppOptions {
  readonly service: ServiceName;
  readonly configuration: Configuration;
  readonly names: Names;
  readonly group: ResourceGroup;
  readonly identity: UserAssignedIdentity;
  readonly observability: Observability;
  readonly settings: SettingSources;
}

/** One service as a Flex Consumption app: nothing runs and nothing is paid for while there is no message. */
export class FlexApp extends Construct {
  readonly site: AzapiResource;
  readonly account: StorageAccount;

  constructor(scope: Construct, id: string, options: FlexAppOptions) {
    super(scope, id);
    const { service, configuration, names, group, identity, observability, settings } = options;
    const { storage, tags } = configuration;
    this.account = keylessAccount(this, "account", group, {
      name: names.serviceAccount(service),
      accountReplicationType: storage.replication,
      tags,
    });
    const container = new StorageContainer(this, "packages", {
      name: packages,
      storageAccountId: this.account.id,
      containerAccessType: "private",
    });
    // A Flex Consumption plan holds one app.
    const plan = new ServicePlan(this, "plan", {
      name: names.servicePlan(service),
      resourceGroupName: group.name,
      location: group.location,
      osType: "Linux",
      skuName: "FC1",
      tags,
    });
    this.site = new AzapiResource(this, "site", {
      type: `Microsoft.Web/sites@${webApi}`,
      name: names.service(service),
      parentId: group.id,
      location: group.location,
      identityIds: [identity.id],
      tags,
      exports: ["properties.defaultHostName"],
      body: {
        kind: "functionapp,linux",
        properties: {
          ...secureSite,
          serverFarmId: plan.id,
          ...(secretsReadBy(service, settings.table).length > 0 && { keyVaultReferenceIdentity: identity.id }),
          functionAppConfig: {
            runtime: { name: "node", version: "24" },
            scaleAndConcurrency: {
              maximumInstanceCount: configuration.orchestrators.maximumInstances,
              instanceMemoryMB: configuration.orchestrators.memoryMb,
            },
            deployment: {
              storage: {
                type: "blobContainer",
                value: `https://${this.account.primaryBlobHost}/${container.name}`,
                authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId: identity.id },
              },
            },
          },
          siteConfig: { ...secureSiteConfig, appSettings: appSettings(this.#environment(options)) },
        } satisfies SiteBody,
      },
    });
    refusePasswords(this, this.site);
    observability.diagnose(`${service}-account`, `${this.account.id}/blobServices/default`, {
      logs: ["StorageWrite", "StorageDelete"],
      metrics: "Transaction",
    });
    observability.diagnose(service, this.site.id);
  }

  /** Lets in who is named, and nobody else. */
  requireSignIn(admitted: Admitted): void {
    setPart(this, "sign-in", this.site, "sites/config", "authsettingsV2", admission(admitted, []));
  }

  get endpoint(): string {
    return `https://${this.site.output("properties.defaultHostName")}`;
  }

  #environment({ service, identity, observability, settings }: FlexAppOptions) {
    const host = {
      clientId: identity.clientId,
      hostAccount: this.account.name,
      applicationInsightsConnectionString: observability.applicationInsights.connectionString,
    };
    return serviceEnvironment(service, host, settings);
  }
}
