import type { WantedSite } from "@local-azure/app-service";
import type { RoleAssignment } from "@local-azure/authorization";
import type { CustomTopic, EventSubscription } from "@local-azure/event-grid";
import type { Topology as ServiceBusTopology } from "@local-azure/service-bus";

/** What shall be there. Names and settings are those of the servers themselves. */
export interface Topology {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Name of the storage account; its containers. */
  readonly storage: { readonly account: string; readonly containers: readonly string[] };
  readonly serviceBus: ServiceBusTopology & {
    /** Of the namespace, in Resource Manager; `local` unless said. */
    readonly namespace?: string;
  };
  readonly eventGrid: {
    readonly topics: readonly CustomTopic[];
    /** Who wants the events of the storage account, and of the workspace. */
    readonly storageSubscriptions: readonly EventSubscription[];
    readonly workspaceSubscriptions: readonly EventSubscription[];
    /** What the system topics are called; `storage` and `machine-learning` unless said. */
    readonly systemTopics?: { readonly storage: string; readonly workspace: string };
  };
  readonly workspace: {
    readonly name: string;
    /** The workspace's own storage account, for logs and artifacts; the account of the data unless said. */
    readonly account?: string;
    readonly datastores: readonly { readonly name: string; readonly container: string }[];
    readonly computes?: readonly { readonly name: string; readonly concurrentJobs: number }[];
    /** The interpreter that `python` means in a job's command. */
    readonly python?: string;
    /** Resource ids of the identities of the workspace and of its computes. */
    readonly identityId?: string;
    readonly computeIdentityId?: string;
  };
  /** Who may do what; without it who has a token may do everything. */
  readonly access?: Access;
  /** Function apps and web sites; their settings may name the addresses of what runs before them. */
  readonly sites: (addresses: Addresses) => readonly Omit<WantedSite, "subscriptionId" | "resourceGroup">[];
}

/** Who may do what, by Azure's roles. */
export interface Access {
  /** Those of identities that resources have are assigned to `identityOf(<id of the resource>).principalId`. */
  readonly roleAssignments: readonly RoleAssignment[];
  /** What people call the principals, by their object ids. */
  readonly names?: Readonly<Record<string, string>>;
  /** For so long an assignment that is made while all this runs is not believed; 0 unless said. */
  readonly believedAfterMs?: number;
}

/** Where everything answers. */
export interface Addresses {
  readonly blobEndpoint: string;
  /** `localhost:port`, for AMQP over TLS. */
  readonly serviceBusNamespace: string;
  /** By name of the topic. */
  readonly topicEndpoints: Readonly<Record<string, string>>;
  readonly resourceManagerEndpoint: string;
}
