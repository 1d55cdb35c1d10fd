import { type QueueName, type QueueTopology, queues } from "@ratchet/contracts";
import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import { EventgridTopic, type ResourceGroup, ServicebusNamespace, ServicebusQueue } from "./azurerm.ts";
import type { Scope } from "./grants.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";

/** The Service Bus namespace with every queue of the topology, and the topic to which services state what has happened. */
export class Messaging extends Construct {
  readonly namespace: ServicebusNamespace;
  readonly topic: EventgridTopic;
  readonly #queues: ReadonlyMap<QueueName, ServicebusQueue>;

  constructor(
    scope: Construct,
    id: string,
    { messaging, tags }: Configuration,
    names: Names,
    group: ResourceGroup,
    observability: Observability,
  ) {
    super(scope, id);
    const place = { resourceGroupName: group.name, location: group.location, tags };
    this.namespace = new ServicebusNamespace(this, "namespace", {
      ...place,
      name: names.namespace,
      sku: messaging.sku,
      ...(messaging.capacity && { capacity: messaging.capacity, premiumMessagingPartitions: 1 }),
      localAuthEnabled: false,
      minimumTlsVersion: "1.2",
    });
    observability.diagnose("namespace", this.namespace.id);
    this.#queues = new Map(
      (Object.entries(queues) as [QueueName, QueueTopology][]).map(([name, queue]) => [
        name,
        new ServicebusQueue(this, name, {
          name,
          namespaceId: this.namespace.id,
          requiresSession: queue.requiresSession,
          lockDuration: queue.lockDuration,
          maxDeliveryCount: queue.maxDeliveryCount,
          requiresDuplicateDetection: queue.requiresDuplicateDetection,
          duplicateDetectionHistoryTimeWindow: queue.duplicateDetectionHistoryTimeWindow,
          deadLetteringOnMessageExpiration: queue.deadLetteringOnMessageExpiration,
          defaultMessageTtl: queue.defaultMessageTimeToLive,
        }),
      ]),
    );
    this.topic = new EventgridTopic(this, "topic", {
      ...place,
      name: names.eventTopic,
      inputSchema: "CloudEventSchemaV1_0",
      localAuthEnabled: false,
      identity: { type: "SystemAssigned" },
    });
    observability.diagnose("topic", this.topic.id);
  }

  queue(name: QueueName): ServicebusQueue {
    const queue = this.#queues.get(name);
    if (!queue) throw new RangeError(`The topology has no queue ${name}.`);
    return queue;
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return [
      ["event-topic", this.topic.id],
      ...[...this.#queues].map(([name, queue]) => [`queue:${name}`, queue.id] as const),
    ];
  }
}
