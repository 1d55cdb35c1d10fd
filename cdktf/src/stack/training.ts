import type { AzureBlobDatastore } from "@azure/arm-machinelearning";
import { datastores } from "@ratchet/contracts";
import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import { AzapiResource } from "./azapi.ts";
import {
  ContainerRegistry,
  type KeyVault,
  MachineLearningComputeCluster,
  type ResourceGroup,
  type StorageAccount,
  type TerraformResource,
} from "./azurerm.ts";
import type { DataLake } from "./data-lake.ts";
import type { Scope } from "./grants.ts";
import { guardedVault } from "./guarded-vault.ts";
import type { Identity } from "./identity.ts";
import { keylessAccount } from "./keyless-account.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

const api = "2025-06-01";

interface Surroundings {
  readonly group: ResourceGroup;
  readonly identity: Identity;
  readonly dataLake: DataLake;
  readonly observability: Observability;
}

/** The Azure ML workspace with all that it needs, the clusters that scale to zero, and the datastore of runs. */
export class Training extends Construct {
  readonly workspace: AzapiResource;
  /** What is in the workspace. */
  readonly parts: readonly TerraformResource[];
  readonly #account: StorageAccount;
  readonly #keyVault: KeyVault;
  readonly #registry: ContainerRegistry;

  constructor(scope: Construct, id: string, configuration: Configuration, names: Names, surroundings: Surroundings) {
    super(scope, id);
    const { storage, tags, tenant } = configuration;
    const { group, identity, observability } = surroundings;
    const place = { resourceGroupName: group.name, location: group.location, tags };
    // The workspace's own account: its identity may do there what it likes, and the data account is not its business.
    this.#account = keylessAccount(this, "account", group, {
      name: names.workspaceAccount,
      accountReplicationType: storage.replication,
      tags,
    });
    this.#keyVault = guardedVault(this, "key-vault", group, { name: names.keyVault, tenantId: tenant, tags });
    this.#registry = new ContainerRegistry(this, "registry", {
      ...place,
      name: names.registry,
      sku: "Basic",
      adminEnabled: false,
    });
    this.workspace = this.#createWorkspace(configuration, names, surroundings);
    this.parts = [
      ...this.#createClusters(configuration, group, identity),
      ...datastores.map((name) => this.#createDatastore(name, surroundings.dataLake)),
    ];
    observability.diagnose("workspace-account", `${this.#account.id}/blobServices/default`, {
      logs: ["StorageWrite", "StorageDelete"],
      metrics: "Transaction",
    });
    observability.diagnose("key-vault", this.#keyVault.id);
    observability.diagnose("registry", this.#registry.id);
    observability.diagnose("workspace", this.workspace.id);
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return [
      ["workspace", this.workspace.id],
      ["workspace-account", this.#account.id],
      ["key-vault", this.#keyVault.id],
      ["registry", this.#registry.id],
    ];
  }

  #createWorkspace({ tags }: Configuration, names: Names, { group, identity, observability }: Surroundings) {
    return new AzapiResource(this, "workspace", {
      type: `Microsoft.MachineLearningServices/workspaces@${api}`,
      name: names.workspace,
      parentId: group.id,
      location: group.location,
      identityIds: [identity.of("workspace").id],
      tags,
      // Assignments may be believed in one place and not yet in another.
      retry: ["AuthorizationFailed", "does not have authorization", "LinkedAuthorizationFailed"],
      body: {
        kind: "Default",
        sku: { name: "Basic", tier: "Basic" },
        properties: {
          friendlyName: names.workspace,
          storageAccount: this.#account.id,
          keyVault: this.#keyVault.id,
          containerRegistry: this.#registry.id,
          applicationInsights: observability.applicationInsights.id,
          primaryUserAssignedIdentity: identity.of("workspace").id,
          // Its datastores open to identities, as the account has no key.
          systemDatastoresAuthMode: "identity",
          publicNetworkAccess: "Enabled",
          v1LegacyMode: false,
        },
      },
    });
  }

  #createClusters({ training, tags }: Configuration, group: ResourceGroup, identity: Identity) {
    return Object.entries(training.clusters).map(
      ([name, cluster]) =>
        new MachineLearningComputeCluster(this, name, {
          name,
          location: group.location,
          machineLearningWorkspaceId: this.workspace.id,
          vmSize: cluster.vmSize,
          vmPriority: cluster.priority,
          scaleSettings: {
            minNodeCount: 0,
            maxNodeCount: cluster.maxNodes,
            scaleDownNodesAfterIdleDuration: cluster.idle,
          },
          identity: { type: "UserAssigned", identityIds: [identity.of("training-compute").id] },
          localAuthEnabled: false,
          sshPublicAccessEnabled: false,
          tags,
        }),
    );
  }

  /** A container; a job reads and writes it as its cluster, so the datastore holds no credential. */
  #createDatastore(name: (typeof datastores)[number], dataLake: DataLake) {
    return new AzapiResource(this, `datastore-${name}`, {
      type: `Microsoft.MachineLearningServices/workspaces/datastores@${api}`,
      name,
      parentId: this.workspace.id,
      body: {
        properties: {
          datastoreType: "AzureBlob",
          accountName: dataLake.account.name,
          containerName: dataLake.container(name).name,
          credentials: { credentialsType: "None" },
          serviceDataAccessAuthIdentity: "None",
        } satisfies AzureBlobDatastore,
      },
    });
  }
}
