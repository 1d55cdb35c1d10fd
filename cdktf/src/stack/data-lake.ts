import { type ContainerName, containers } from "@ratchet/contracts";
import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import {
  type ResourceGroup,
  type StorageAccount,
  StorageContainer,
  StorageManagementPolicy,
  type StorageManagementPolicyRule,
} from "./azurerm.ts";
import type { Scope } from "./grants.ts";
import { keylessAccount } from "./keyless-account.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

/** What is kept for good but seldom read after a while. */
const cooling = ["batches", "runs", "packages"] as const satisfies readonly ContainerName[];

/** The data account with every container of the topology. */
export class DataLake extends Construct {
  readonly account: StorageAccount;
  readonly #containers: ReadonlyMap<ContainerName, StorageContainer>;

  constructor(
    scope: Construct,
    id: string,
    { storage, tags }: Configuration,
    names: Names,
    group: ResourceGroup,
    observability: Observability,
  ) {
    super(scope, id);
    this.account = keylessAccount(this, "account", group, {
      name: names.dataAccount,
      accountReplicationType: storage.replication,
      tags,
      blobProperties: {
        versioningEnabled: true,
        deleteRetentionPolicy: { days: storage.recoverDays },
        containerDeleteRetentionPolicy: { days: storage.recoverDays },
      },
    });
    observability.diagnose("data-account", `${this.account.id}/blobServices/default`, { metrics: "Transaction" });
    this.#containers = new Map(
      (Object.keys(containers) as ContainerName[]).map((name) => [
        name,
        new StorageContainer(this, name, { name, storageAccountId: this.account.id, containerAccessType: "private" }),
      ]),
    );
    new StorageManagementPolicy(this, "lifecycle", { storageAccountId: this.account.id, rule: lifecycleOf(storage) });
  }

  container(name: ContainerName): StorageContainer {
    const container = this.#containers.get(name);
    if (!container) throw new RangeError(`The topology has no container ${name}.`);
    return container;
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return [...this.#containers].map(([name, container]) => [`container:${name}`, container.id]);
  }
}

function lifecycleOf(storage: Configuration["storage"]): StorageManagementPolicyRule[] {
  const blockBlobs = (...prefixMatch: string[]) => ({ blobTypes: ["blockBlob"], prefixMatch });
  const deleteDropsAfter = { deleteAfterDaysSinceModificationGreaterThan: storage.keepDropsDays };
  return [
    {
      name: "delete-old-drops",
      enabled: true,
      filters: blockBlobs("drops/"),
      actions: { baseBlob: deleteDropsAfter },
    },
    {
      name: "delete-old-event-dead-letters",
      enabled: true,
      filters: blockBlobs("event-dead-letters/"),
      actions: { baseBlob: deleteDropsAfter },
    },
    {
      // Never deleted by age: the champion's run is where the next training warm-starts, its package the way back.
      name: "cool-what-is-seldom-read",
      enabled: true,
      filters: blockBlobs(...cooling.map((container) => `${container}/`)),
      actions: { baseBlob: { tierToCoolAfterDaysSinceModificationGreaterThan: storage.coolAfterDays } },
    },
    {
      name: "delete-old-versions",
      enabled: true,
      filters: { blobTypes: ["blockBlob"] },
      actions: { version: { deleteAfterDaysSinceCreation: storage.keepVersionsDays } },
    },
  ];
}
