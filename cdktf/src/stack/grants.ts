import {
  type ContainerName,
  containers,
  type EventSubscriptionTopology,
  eventSubscriptions,
  type QueueName,
  queues,
  type ServiceName,
  type SettingsTable,
  services,
  settings,
} from "@ratchet/contracts";
import type { Configuration } from "../configuration/configuration.ts";
import { secretsReadBy } from "./environment.ts";

/**
 * Who may do what where: every role assignment of an environment, as data. What concerns queues and containers follows
 * from the topology; the rest is what Azure's own parts need of each other.
 */

export type EventSource = EventSubscriptionTopology["source"];

export type Principal =
  | ServiceName
  | `inference:${string}`
  | "training-compute"
  | "workspace"
  | `event-grid:${EventSource}`
  | "operators"
  | `producer:${string}`;

export type Scope =
  | `queue:${QueueName}`
  | `container:${ContainerName}`
  | "event-topic"
  | "application-insights"
  | "workspace"
  | "workspace-account"
  | "key-vault"
  | "registry"
  | "secrets"
  | `host-account:${string}`
  | `inference-app:${string}`;

type Role =
  | "AcrPull"
  | "Azure Service Bus Data Owner"
  | "Azure Service Bus Data Receiver"
  | "Azure Service Bus Data Sender"
  | "AzureML Data Scientist"
  | "Contributor"
  | "EventGrid Data Sender"
  | "EventGrid EventSubscription Contributor"
  | "Key Vault Administrator"
  | "Key Vault Secrets User"
  | "Monitoring Metrics Publisher"
  | "Reader"
  | "Storage Blob Data Contributor"
  | "Storage Blob Data Owner"
  | "Storage Blob Data Reader"
  | "Storage File Data Privileged Contributor"
  | "Storage Table Data Contributor"
  | "Website Contributor";

export interface Grant {
  readonly principal: Principal;
  readonly role: Role;
  readonly scope: Scope;
}

const eventSources: readonly EventSource[] = ["storage", "machine-learning", "ratchet"];

/** The sources whose subscriptions deliver to the queue. */
function sourcesOf(queue: QueueName): readonly EventSource[] {
  const delivering = Object.values(eventSubscriptions).filter((subscription) => subscription.queue === queue);
  return eventSources.filter((source) => delivering.some((subscription) => subscription.source === source));
}

function queueGrants(queue: QueueName): readonly Grant[] {
  const scope = `queue:${queue}` as const;
  const { receiver, senders } = queues[queue];
  const sending = senders.flatMap((sender): readonly Principal[] => {
    if (sender === "event-grid") return sourcesOf(queue).map((source): Principal => `event-grid:${source}`);
    return [sender === "operator" ? "operators" : sender];
  });
  return [
    // More than receiving: the platform counts messages as the app to decide how many instances it needs. Who may receive
    // alone is counted by a peek at ten messages, and ten that are scheduled count as none: the app stays at zero.
    { principal: receiver, role: "Azure Service Bus Data Owner", scope },
    // Looking at dead letters and completing those that were replayed is receiving.
    { principal: "operators", role: "Azure Service Bus Data Receiver", scope },
    ...sending.map((principal): Grant => ({ principal, role: "Azure Service Bus Data Sender", scope })),
  ];
}

function containerGrants(container: ContainerName, producers: readonly string[]): readonly Grant[] {
  const scope = `container:${container}` as const;
  const principalsOf = (who: string): readonly Principal[] => {
    if (who === "operator") return ["operators"];
    if (who === "event-grid") return eventSources.map((source): Principal => `event-grid:${source}`);
    if (who === "data-producer") return producers.map((producer): Principal => `producer:${producer}`);
    return [who as ServiceName | "training-compute"];
  };
  const { owners, readers } = containers[container];
  return [
    ...owners
      .flatMap(principalsOf)
      .map((principal): Grant => ({ principal, role: "Storage Blob Data Contributor", scope })),
    ...readers
      .flatMap(principalsOf)
      .map((principal): Grant => ({ principal, role: "Storage Blob Data Reader", scope })),
  ];
}

/** What every function app's host needs: its own account for locks, timers and packages, and to be seen. */
function hostGrants(principal: ServiceName | `inference:${string}`): readonly Grant[] {
  const scope = `host-account:${principal}` as const;
  return [
    { principal, role: "Storage Blob Data Owner", scope },
    { principal, role: "Storage Table Data Contributor", scope },
    { principal, role: "Monitoring Metrics Publisher", scope: "application-insights" },
  ];
}

/** What Azure ML documents for a workspace with a user-assigned identity, and what a job needs to run as one. */
const trainingGrants: readonly Grant[] = [
  { principal: "training-runner", role: "AzureML Data Scientist", scope: "workspace" },
  // To find the models that others have registered.
  { principal: "evaluator", role: "Reader", scope: "workspace" },
  { principal: "workspace", role: "Contributor", scope: "workspace" },
  { principal: "workspace", role: "Contributor", scope: "workspace-account" },
  { principal: "workspace", role: "Storage Blob Data Contributor", scope: "workspace-account" },
  { principal: "workspace", role: "Storage File Data Privileged Contributor", scope: "workspace-account" },
  { principal: "workspace", role: "Contributor", scope: "key-vault" },
  { principal: "workspace", role: "Key Vault Administrator", scope: "key-vault" },
  { principal: "workspace", role: "Contributor", scope: "registry" },
  { principal: "workspace", role: "Contributor", scope: "application-insights" },
  // A job's log and code snapshot go through the workspace's own datastore, as the cluster.
  { principal: "training-compute", role: "Storage Blob Data Contributor", scope: "workspace-account" },
  { principal: "training-compute", role: "AcrPull", scope: "registry" },
];

/** Who reads the vault of the apps: App Service does it as the app, for the settings that are secrets. */
const secretGrants = (table: SettingsTable) =>
  services
    .filter((service) => secretsReadBy(service, table).length > 0)
    .map((principal): Grant => ({ principal, role: "Key Vault Secrets User", scope: "secrets" }));

/** Every role assignment of the environment. */
export function grantsOf(
  { serving, access }: Pick<Configuration, "serving" | "access">,
  table: SettingsTable = settings,
): readonly Grant[] {
  const producers = Object.keys(access.producers);
  const apps = serving.models.map(({ name }) => name);
  return [
    ...(Object.keys(queues) as QueueName[]).flatMap(queueGrants),
    ...(Object.keys(containers) as ContainerName[]).flatMap((container) => containerGrants(container, producers)),
    ...services.map((principal): Grant => ({ principal, role: "EventGrid Data Sender", scope: "event-topic" })),
    ...services.flatMap(hostGrants),
    ...apps.flatMap((model) => hostGrants(`inference:${model}`)),
    ...trainingGrants,
    ...secretGrants(table),
    // `ratchet subscribe` and `ratchet apply`, which looks whether the model's app is there.
    { principal: "operators", role: "EventGrid EventSubscription Contributor", scope: "event-topic" },
    ...apps.map((model): Grant => ({ principal: "operators", role: "Reader", scope: `inference-app:${model}` })),
    // To publish a package and to swap the slots, of this app and no other.
    ...apps.map(
      (model): Grant => ({ principal: "deployer", role: "Website Contributor", scope: `inference-app:${model}` }),
    ),
  ];
}
