import { join } from "node:path";
import { identityOf } from "@local-azure/identity/identities";
import type { Addresses, Topology } from "@local-azure/stack";
import {
  brokerSettings,
  containers,
  datastores,
  type EventSubscriptionTopology,
  eventSubscriptions,
  type InfrastructureSetting,
  queues,
  type ServiceName,
  type SettingsTable,
  serviceBusConnection,
  serviceSettings,
  services,
  settings,
} from "@ratchet/contracts";
import { WrongInputError } from "../errors.ts";
import { identityIdOf, inferenceRegistration, localNames, localSubscription } from "./names.ts";

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

/** The value of every setting that the local Azure knows, once it answers. */
export const settingsAt = (addresses: Addresses): Readonly<Record<InfrastructureSetting, string>> => ({
  ServiceBus__fullyQualifiedNamespace: addresses.serviceBusNamespace,
  STORAGE_BLOB_ENDPOINT: addresses.blobEndpoint,
  EVENT_GRID_TOPIC_ENDPOINT: addresses.topicEndpoints[localNames.eventTopic] ?? "",
  AZURE_RESOURCE_MANAGER_ENDPOINT: addresses.resourceManagerEndpoint,
  AZURE_SUBSCRIPTION_ID: localSubscription,
  AZURE_RESOURCE_GROUP: localNames.resourceGroup,
  AZURE_ML_WORKSPACE: localNames.workspace,
  INFERENCE_AUDIENCE: `api://${inferenceRegistration}`,
});

/**
 * The value of every other setting: from the environment, where there is neither configuration nor key vault.
 * @throws {WrongInputError} when some are not there and have no default; it names them.
 */
export function givenSettings(
  environment: Readonly<Record<string, string | undefined>>,
  table: SettingsTable = settings,
): Readonly<Record<string, string>> {
  const given = Object.entries(table).flatMap(([name, setting]) => {
    if (setting.from === "infrastructure") return [];
    return [{ name, value: environment[name] || (setting.from === "configuration" ? setting.default : undefined) }];
  });
  const missing = given.filter(({ value }) => value === undefined).map(({ name }) => name);
  if (missing.length > 0)
    throw new WrongInputError(
      [
        "a service reads what this machine cannot know; set it where `ratchet` is started:",
        ...missing.map((name) => `  export ${name}=…   # ${table[name]?.description}`),
      ].join("\n"),
    );
  return Object.fromEntries(given.map(({ name, value }) => [name, value ?? ""]));
}

/** Which of its identities a service is, for the SDKs and for its triggers; the same names as on Azure. */
function identitySettings(service: ServiceName): Readonly<Record<string, string>> {
  const { clientId } = identityOf(identityIdOf(service));
  return {
    AZURE_CLIENT_ID: clientId,
    [`${serviceBusConnection}__credential`]: "managedidentity",
    [`${serviceBusConnection}__clientId`]: clientId,
  };
}

/**
 * All of Ratchet on the local Azure, from the same table as on Azure.
 * @param further settings that every service gets beside its own.
 */
export const localTopology = (
  python: string,
  given = givenSettings(process.env),
  further: Readonly<Record<string, string>> = {},
): Topology => ({
  subscriptionId: localSubscription,
  resourceGroup: localNames.resourceGroup,
  storage: { account: localNames.dataAccount, containers: Object.keys(containers) },
  serviceBus: {
    namespace: localNames.namespace,
    queues: Object.entries(queues).map(([name, queue]) => ({ name, ...brokerSettings(queue) })),
  },
  eventGrid: {
    topics: [{ name: localNames.eventTopic, subscriptions: subscriptionsFrom("ratchet") }],
    storageSubscriptions: subscriptionsFrom("storage"),
    workspaceSubscriptions: subscriptionsFrom("machine-learning"),
    systemTopics: {
      storage: localNames.systemTopic("storage"),
      workspace: localNames.systemTopic("machine-learning"),
    },
  },
  workspace: {
    name: localNames.workspace,
    account: localNames.workspaceAccount,
    identityId: identityIdOf("workspace"),
    computeIdentityId: identityIdOf("training-compute"),
    datastores: datastores.map((name) => ({ name, container: name })),
    python,
  },
  sites: (addresses) => {
    const values: Readonly<Record<string, string>> = { ...given, ...settingsAt(addresses) };
    return services.map((service) => ({
      name: service,
      directory: join(servicesFolder, service),
      identityIds: [identityIdOf(service)],
      settings: {
        ...identitySettings(service),
        ...further,
        ...Object.fromEntries(serviceSettings[service].map((name) => [name, values[name] ?? ""])),
      },
    }));
  },
});
