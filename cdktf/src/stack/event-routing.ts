import { type EventSubscriptionTopology, eventSubscriptions } from "@ratchet/contracts";
import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import type { Access, PrincipalRef } from "./access.ts";
import {
  EventgridEventSubscription,
  EventgridSystemTopic,
  EventgridSystemTopicEventSubscription,
  type ResourceGroup,
} from "./azurerm.ts";
import type { DataLake } from "./data-lake.ts";
import type { EventSource, Principal } from "./grants.ts";
import { servicePrincipal } from "./identity.ts";
import type { Messaging } from "./messaging.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";
import type { Training } from "./training.ts";

interface Surroundings {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly group: ResourceGroup;
  readonly dataLake: DataLake;
  readonly messaging: Messaging;
  readonly training: Training;
  readonly observability: Observability;
}

const systemAssigned = { type: "SystemAssigned" };

/** The system topics on storage and workspace, and every subscription of the topology with its way into a queue. */
export class EventRouting extends Construct {
  readonly topics: Readonly<Record<Exclude<EventSource, "ratchet">, EventgridSystemTopic>>;
  readonly #surroundings: Surroundings;

  constructor(scope: Construct, id: string, surroundings: Surroundings) {
    super(scope, id);
    this.#surroundings = surroundings;
    const { dataLake, training } = surroundings;
    this.topics = {
      storage: this.#systemTopic("storage", dataLake.account.id, "Microsoft.Storage.StorageAccounts"),
      "machine-learning": this.#systemTopic(
        "machine-learning",
        training.workspace.id,
        "Microsoft.MachineLearningServices.Workspaces",
      ),
    };
  }

  get principals(): readonly (readonly [Principal, PrincipalRef])[] {
    const { storage, "machine-learning": machineLearning } = this.topics;
    return [
      ["event-grid:storage", servicePrincipal(storage.identity.principalId)],
      ["event-grid:machine-learning", servicePrincipal(machineLearning.identity.principalId)],
      ["event-grid:ratchet", servicePrincipal(this.#surroundings.messaging.topic.identity.principalId)],
    ];
  }

  /** Event Grid tries a delivery before it accepts a subscription: the topics' permissions come first. */
  subscribe(access: Access): void {
    const believed = access.believed("believed-of-event-grid", ({ principal }) => principal.startsWith("event-grid:"));
    for (const [name, subscription] of Object.entries<EventSubscriptionTopology>(eventSubscriptions)) {
      const { source } = subscription;
      const delivery = {
        name,
        ...this.#deliveryOf(subscription),
        dependsOn: [believed],
      };
      if (source === "ratchet")
        new EventgridEventSubscription(this, name, { ...delivery, scope: this.#surroundings.messaging.topic.id });
      else
        new EventgridSystemTopicEventSubscription(this, name, {
          ...delivery,
          systemTopic: this.topics[source].name,
          resourceGroupName: this.#surroundings.group.name,
        });
    }
  }

  #systemTopic(source: string, sourceResourceId: string, topicType: string): EventgridSystemTopic {
    const { configuration, names, group, observability } = this.#surroundings;
    const topic = new EventgridSystemTopic(this, source, {
      name: names.systemTopic(source),
      resourceGroupName: group.name,
      location: group.location,
      sourceResourceId,
      topicType,
      identity: systemAssigned,
      tags: configuration.tags,
    });
    observability.diagnose(`system-topic-${source}`, topic.id);
    return topic;
  }

  #deliveryOf(subscription: EventSubscriptionTopology) {
    const { dataLake, messaging } = this.#surroundings;
    const { includedEventTypes, subjectBeginsWith, subjectEndsWith, advancedFilters } = subscription;
    return {
      eventDeliverySchema: "CloudEventSchemaV1_0",
      serviceBusQueueEndpointId: messaging.queue(subscription.queue).id,
      deliveryIdentity: systemAssigned,
      storageBlobDeadLetterDestination: {
        storageAccountId: dataLake.account.id,
        storageBlobContainerName: dataLake.container("event-dead-letters").name,
      },
      deadLetterIdentity: systemAssigned,
      retryPolicy: {
        maxDeliveryAttempts: subscription.maxDeliveryAttempts,
        eventTimeToLive: subscription.eventTimeToLiveInMinutes,
      },
      ...(includedEventTypes.length > 0 && { includedEventTypes: [...includedEventTypes] }),
      ...((subjectBeginsWith || subjectEndsWith) && {
        subjectFilter: { ...(subjectBeginsWith && { subjectBeginsWith }), ...(subjectEndsWith && { subjectEndsWith }) },
      }),
      ...(advancedFilters.length > 0 && {
        advancedFilter: { stringIn: advancedFilters.map(({ key, values }) => ({ key, values: [...values] })) },
      }),
    };
  }
}
