import { join } from "node:path";
import type { Addresses, Topology } from "@local-azure/stack";
import {
  containers,
  type EventSubscriptionTopology,
  eventSubscriptions,
  eventTopic,
  queues,
  runsDatastore,
  type ServiceName,
  type SettingName,
  serviceSettings,
  services,
} from "@ratchet/contracts";

/** What the deployment on this machine is called in Resource Manager. */
const localNames = {
  subscriptionId: "00000000-0000-0000-0000-000000000000",
  resourceGroup: "ratchet",
  workspace: "ratchet",
  account: "devstoreaccount1",
} as const;

const servicesFolder = join(import.meta.dirname, "../../../services");

const subscriptionsFrom = (source: EventSubscriptionTopology["source"]) =>
  Object.entries<EventSubscriptionTopology>(eventSubscriptions)
    .filter(([, subscription]) => subscription.source === source)
    .map(([name, subscription]) => ({
      name,
      destination: { endpointType: "ServiceBusQueue", entity: subscription.queue } as const,
      filter: {
        ...(subscription.includedEventTypes.length > 0 ? { includedEventTypes: subscription.includedEventTypes } : {}),
        ...(subscription.subjectBeginsWith ? { subjectBeginsWith: subscription.subjectBeginsWith } : {}),
        ...(subscription.subjectEndsWith ? { subjectEndsWith: subscription.subjectEndsWith } : {}),
        advancedFilters: subscription.advancedFilters.map(({ operator, key, values }) => ({
          operatorType: operator,
          key,
          values,
        })),
      },
      retryPolicy: {
        maxDeliveryAttempts: subscription.maxDeliveryAttempts,
        eventTimeToLiveInMinutes: subscription.eventTimeToLiveInMinutes,
      },
      deadLetterDestination: { container: "event-dead-letters" },
    }));

/** The value of every setting, once the local Azure answers. */
export const settingsAt = (addresses: Addresses): Readonly<Record<SettingName, string>> => ({
  ServiceBus__fullyQualifiedNamespace: addresses.serviceBusNamespace,
  STORAGE_BLOB_ENDPOINT: addresses.blobEndpoint,
  EVENT_GRID_TOPIC_ENDPOINT: addresses.topicEndpoints[eventTopic] ?? "",
  AZURE_RESOURCE_MANAGER_ENDPOINT: addresses.resourceManagerEndpoint,
  AZURE_SUBSCRIPTION_ID: localNames.subscriptionId,
  AZURE_RESOURCE_GROUP: localNames.resourceGroup,
  AZURE_ML_WORKSPACE: localNames.workspace,
});

function settingsOf(service: ServiceName, addresses: Addresses): Readonly<Record<string, string>> {
  const values = settingsAt(addresses);
  return Object.fromEntries(serviceSettings[service].map((name: SettingName) => [name, values[name]]));
}

/** All of Ratchet on the local Azure, from the same table as on Azure. */
export const localTopology = (python: string): Topology => ({
  subscriptionId: localNames.subscriptionId,
  resourceGroup: localNames.resourceGroup,
  storage: { account: localNames.account, containers: Object.keys(containers) },
  serviceBus: {
    queues: Object.entries(queues).map(([name, { description, receiver, senders, ...settings }]) => ({
      name,
      ...settings,
    })),
  },
  eventGrid: {
    topics: [{ name: eventTopic, subscriptions: subscriptionsFrom("ratchet") }],
    storageSubscriptions: subscriptionsFrom("storage"),
    workspaceSubscriptions: subscriptionsFrom("machine-learning"),
  },
  workspace: {
    name: localNames.workspace,
    datastores: [{ name: runsDatastore, container: "runs" }],
    python,
  },
  sites: (addresses) =>
    services.map((service) => ({
      name: service,
      directory: join(servicesFolder, service),
      settings: settingsOf(service, addresses),
    })),
});
