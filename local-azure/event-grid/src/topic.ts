import { randomBytes } from "node:crypto";
import type { EventSchema } from "./cloud-event.ts";
import type { EventSubscription } from "./subscription.ts";

/** A topic that programs publish to over HTTP. */
export interface CustomTopic {
  readonly name: string;
  /** The form of the events it takes; CloudEvents by default. */
  readonly inputSchema?: EventSchema;
  /** Base64; two new ones by default. */
  readonly keys?: readonly [string, string];
  readonly subscriptions?: readonly EventSubscription[];
}

/** A topic with the events of an Azure resource, which are published in process. */
export interface SystemTopic {
  readonly name: string;
  /** The resource's id. */
  readonly source: string;
  readonly subscriptions?: readonly EventSubscription[];
}

/** A topic as it runs. */
export interface Topic {
  readonly name: string;
  readonly kind: "custom" | "system";
  /** Its id in Resource Manager. */
  readonly id: string;
  /** The resource whose events it has; of a custom topic its own id. */
  readonly source: string;
  readonly inputSchema: EventSchema;
  readonly keys: readonly [string, string];
}

/** Where topics are in Resource Manager. */
export interface ResourceGroup {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

export function customTopic(topic: CustomTopic, group: ResourceGroup): Topic {
  const id = resourceId("topics", topic.name, group);
  const newKey = () => randomBytes(32).toString("base64");
  return {
    name: topic.name,
    kind: "custom",
    id,
    source: id,
    inputSchema: topic.inputSchema ?? "CloudEventSchemaV1_0",
    keys: topic.keys ?? [newKey(), newKey()],
  };
}

export function systemTopic(topic: SystemTopic, group: ResourceGroup): Topic {
  return {
    name: topic.name,
    kind: "system",
    id: resourceId("systemTopics", topic.name, group),
    source: topic.source,
    inputSchema: "CloudEventSchemaV1_0",
    keys: ["", ""],
  };
}

function resourceId(type: string, name: string, { subscriptionId, resourceGroup }: ResourceGroup): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.EventGrid/${type}/${name}`;
}
