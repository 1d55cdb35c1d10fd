export type { CloudEvent, EventGridEvent, EventSchema } from "./cloud-event.ts";
export type { DeadLetterStorage } from "./delivery/dead-letter.ts";
export type { Delivery } from "./delivery/delivery.ts";
export type { DeliveryReport } from "./delivery/dispatcher.ts";
export type { DeadLetterReason, DeliveryOutcome } from "./delivery/retry-policy.ts";
export type { ServiceBusNamespace } from "./delivery/service-bus.ts";
export { EventGridError, HandshakeError, PublishError } from "./errors.ts";
export { type EventGrid, type EventGridOptions, startEventGrid } from "./event-grid.ts";
export type { AdvancedFilter } from "./filters/advanced-filter.ts";
export { type EventFilter, matches } from "./filters/filter.ts";
export { createEventGridProvider } from "./provider/provider.ts";
export type {
  DeliveryAttribute,
  Destination,
  EventSubscription,
  RetryPolicy,
  ServiceBusDestination,
  WebHookDestination,
} from "./subscription.ts";
export type { CustomTopic, SystemTopic, Topic } from "./topic.ts";
