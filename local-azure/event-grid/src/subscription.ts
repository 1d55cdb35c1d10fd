import type { EventSchema } from "./cloud-event.ts";
import type { EventFilter } from "./filters/filter.ts";

/** What is wanted from a topic, and where it goes. Names and defaults are Azure's. */
export interface EventSubscription {
  readonly name: string;
  readonly destination: Destination;
  readonly filter?: EventFilter;
  /** The form in which a destination gets its events; CloudEvents by default. */
  readonly eventDeliverySchema?: EventSchema;
  readonly retryPolicy?: RetryPolicy;
  /** The container for events that could not be delivered. Without one they are dropped, as on Azure. */
  readonly deadLetterDestination?: { readonly container: string };
}

export interface RetryPolicy {
  /** 1 to 30; 30 by default. */
  readonly maxDeliveryAttempts?: number;
  /** 1 to 1440; 1440 by default. */
  readonly eventTimeToLiveInMinutes?: number;
}

export type Destination = ServiceBusDestination | WebHookDestination;

export interface ServiceBusDestination {
  readonly endpointType: "ServiceBusQueue" | "ServiceBusTopic";
  /** The queue's or topic's name in the one namespace that there is. */
  readonly entity: string;
  /** Become application properties, or for names such as `SessionId` the property of the message itself. */
  readonly deliveryAttributeMappings?: readonly DeliveryAttribute[];
}

export interface WebHookDestination {
  readonly endpointType: "WebHook";
  readonly endpointUrl: string;
  /** Become headers. */
  readonly deliveryAttributeMappings?: readonly DeliveryAttribute[];
}

export type DeliveryAttribute =
  | { readonly name: string; readonly type: "Static"; readonly value: string; readonly isSecret?: boolean }
  | {
      readonly name: string;
      readonly type: "Dynamic";
      /** e.g. `data.api` */ readonly sourceField: string;
    };
