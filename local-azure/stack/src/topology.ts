import type { WantedSite } from "@local-azure/app-service";
import type { CustomTopic, EventSubscription } from "@local-azure/event-grid";
import type { Topology as ServiceBusTopology } from "@local-azure/service-bus";

/** What shall be there. Names and settings are those of the servers themselves. */
export interface Topology {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Name of the storage account; its containers. */
  readonly storage: { readonly account: string; readonly containers: readonly string[] };
  readonly serviceBus: ServiceBusTopology;
  readonly eventGrid: {
    readonly topics: readonly CustomTopic[];
    /** Who wants the events of the storage account, and of the workspace. */
    readonly storageSubscriptions: readonly EventSubscription[];
    readonly workspaceSubscriptions: readonly EventSubscription[];
  };
  readonly workspace: {
    readonly name: string;
    readonly datastores: readonly { readonly name: string; readonly container: string }[];
    readonly computes?: readonly { readonly name: string; readonly concurrentJobs: number }[];
    /** The interpreter that `python` means in a job's command. */
    readonly python?: string;
  };
  /** Function apps and web sites; their settings may name the addresses of what runs before them. */
  readonly sites: (addresses: Addresses) => readonly Omit<WantedSite, "subscriptionId" | "resourceGroup">[];
}

/** Where everything answers. */
export interface Addresses {
  readonly blobEndpoint: string;
  /** `localhost:port`, for AMQP over TLS. */
  readonly serviceBusNamespace: string;
  readonly serviceBusConnectionString: string;
  /** By name of the topic. */
  readonly topicEndpoints: Readonly<Record<string, string>>;
  readonly resourceManagerEndpoint: string;
}
