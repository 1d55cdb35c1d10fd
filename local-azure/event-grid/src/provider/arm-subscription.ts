import { badRequest } from "@local-azure/resource-manager";
import type { EventSchema } from "../cloud-event.ts";
import type { AdvancedFilter } from "../filters/advanced-filter.ts";
import type { EventFilter } from "../filters/filter.ts";
import type { DeliveryAttribute, Destination, EventSubscription, RetryPolicy } from "../subscription.ts";
import type { Topic } from "../topic.ts";

/*
 * Event subscriptions in the shape of Resource Manager, to and fro.
 * Source: https://learn.microsoft.com/rest/api/eventgrid/controlplane/event-subscriptions
 */

interface ArmProperties {
  readonly destination?: ArmDestination;
  readonly deliveryWithResourceIdentity?: { readonly destination?: ArmDestination };
  readonly filter?: EventFilter;
  readonly eventDeliverySchema?: EventSubscription["eventDeliverySchema"];
  readonly retryPolicy?: RetryPolicy;
  readonly deadLetterDestination?: ArmDeadLetter;
  readonly deadLetterWithResourceIdentity?: { readonly deadLetterDestination?: ArmDeadLetter };
}

interface ArmDestination {
  readonly endpointType?: string;
  readonly properties?: {
    readonly resourceId?: string;
    readonly endpointUrl?: string;
    readonly deliveryAttributeMappings?: readonly ArmAttribute[];
  };
}

interface ArmDeadLetter {
  readonly endpointType?: string;
  readonly properties?: { readonly resourceId?: string; readonly blobContainerName?: string };
}

interface ArmAttribute {
  readonly name: string;
  readonly type: "Static" | "Dynamic";
  readonly properties?: { readonly value?: string; readonly isSecret?: boolean; readonly sourceField?: string };
}

/** @throws {ArmError} when a property is wrong: 400 that names it. */
export function fromArm(name: string, body: unknown, topic: Topic): EventSubscription {
  const properties = ((body as { properties?: ArmProperties } | undefined)?.properties ?? {}) as ArmProperties;
  const destination = properties.destination ?? properties.deliveryWithResourceIdentity?.destination;
  const deadLetter =
    properties.deadLetterDestination ?? properties.deadLetterWithResourceIdentity?.deadLetterDestination;
  const schema = properties.eventDeliverySchema ?? defaultSchema(topic);
  if (schema !== "CloudEventSchemaV1_0" && schema !== "EventGridSchema") {
    throw badRequest(`properties.eventDeliverySchema: ${schema} is not served here.`);
  }
  return {
    name,
    destination: destinationFrom(destination),
    eventDeliverySchema: schema,
    ...(properties.filter && { filter: filterFrom(properties.filter) }),
    ...(properties.retryPolicy && { retryPolicy: properties.retryPolicy }),
    ...(deadLetter && { deadLetterDestination: { container: containerOf(deadLetter) } }),
  };
}

/** Azure resources raise their events in the Event Grid schema; other topics deliver what they take. */
function defaultSchema(topic: Topic): EventSchema {
  return topic.kind === "system" ? "EventGridSchema" : topic.inputSchema;
}

function destinationFrom(destination: ArmDestination | undefined): Destination {
  const { endpointType, properties = {} } = destination ?? {};
  const deliveryAttributeMappings = (properties.deliveryAttributeMappings ?? []).map(attributeFrom);
  if (endpointType === "WebHook") {
    return { endpointType, endpointUrl: properties.endpointUrl ?? "", deliveryAttributeMappings };
  }
  if (endpointType === "ServiceBusQueue" || endpointType === "ServiceBusTopic") {
    return { endpointType, entity: (properties.resourceId ?? "").split("/").at(-1) ?? "", deliveryAttributeMappings };
  }
  throw badRequest(
    `properties.destination.endpointType: "${endpointType}" is not served here; use WebHook, ServiceBusQueue or ServiceBusTopic.`,
  );
}

function attributeFrom({ name, type, properties = {} }: ArmAttribute): DeliveryAttribute {
  if (type === "Dynamic") return { name, type, sourceField: properties.sourceField ?? "" };
  return { name, type, value: properties.value ?? "", isSecret: properties.isSecret ?? false };
}

function filterFrom(filter: EventFilter): EventFilter {
  for (const [index, { operatorType }] of (filter.advancedFilters ?? []).entries()) {
    if (!operators.has(operatorType)) {
      throw badRequest(`properties.filter.advancedFilters[${index}].operatorType: "${operatorType}" does not exist.`);
    }
  }
  return filter;
}

const operators: ReadonlySet<string> = new Set<AdvancedFilter["operatorType"]>([
  "StringIn",
  "StringNotIn",
  "StringBeginsWith",
  "StringNotBeginsWith",
  "StringEndsWith",
  "StringNotEndsWith",
  "StringContains",
  "StringNotContains",
  "NumberIn",
  "NumberNotIn",
  "NumberLessThan",
  "NumberLessThanOrEquals",
  "NumberGreaterThan",
  "NumberGreaterThanOrEquals",
  "NumberInRange",
  "NumberNotInRange",
  "BoolEquals",
  "IsNullOrUndefined",
  "IsNotNull",
]);

function containerOf({ endpointType, properties }: ArmDeadLetter): string {
  if (endpointType === "StorageBlob" && properties?.blobContainerName) return properties.blobContainerName;
  throw badRequest("properties.deadLetterDestination: must be a StorageBlob with a blobContainerName.");
}

/** What a client gets to see; as on Azure, without the query of a webhook's address, which may hold a secret. */
export function toArm(topic: Topic, subscription: EventSubscription, id: string, provisioningState: string): object {
  const { destination, deadLetterDestination, filter, retryPolicy } = subscription;
  return {
    id,
    name: subscription.name,
    type: id.includes("/systemTopics/")
      ? "Microsoft.EventGrid/systemTopics/eventSubscriptions"
      : "Microsoft.EventGrid/eventSubscriptions",
    properties: {
      topic: topic.source,
      provisioningState,
      destination: armDestination(destination),
      filter: { isSubjectCaseSensitive: false, ...filter },
      eventDeliverySchema: subscription.eventDeliverySchema ?? "CloudEventSchemaV1_0",
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440, ...retryPolicy },
      ...(deadLetterDestination && {
        deadLetterDestination: {
          endpointType: "StorageBlob",
          properties: { blobContainerName: deadLetterDestination.container },
        },
      }),
    },
  };
}

function armDestination(destination: Destination): object {
  const deliveryAttributeMappings = (destination.deliveryAttributeMappings ?? []).map(armAttribute);
  if (destination.endpointType === "WebHook") {
    const endpointBaseUrl = destination.endpointUrl.replace(/\?.*$/s, "");
    return { endpointType: "WebHook", properties: { endpointBaseUrl, deliveryAttributeMappings } };
  }
  const { endpointType, entity } = destination;
  const collection = endpointType === "ServiceBusQueue" ? "queues" : "topics";
  const resourceId = `/providers/Microsoft.ServiceBus/namespaces/local/${collection}/${entity}`;
  return { endpointType, properties: { resourceId, deliveryAttributeMappings } };
}

function armAttribute(attribute: DeliveryAttribute): ArmAttribute {
  const { name, type } = attribute;
  if (type === "Dynamic") return { name, type, properties: { sourceField: attribute.sourceField } };
  const { value, isSecret = false } = attribute;
  return { name, type, properties: { value: isSecret ? "Hidden" : value, isSecret } };
}
