import { type CloudEvent, toEventGridEvent } from "../cloud-event.ts";
import type { EventSubscription } from "../subscription.ts";
import type { DeadLetterReason, DeliveryOutcome } from "./retry-policy.ts";

/** One event on its way to one subscription. */
export interface Delivery {
  readonly id: number;
  readonly topic: string;
  readonly subscription: string;
  readonly event: CloudEvent;
  readonly publishedAt: Date;
  /** Names the delivery to its destination: the same at every attempt, so that duplicates can be recognised. */
  readonly outputEventId: string;
  /** How many attempts there have been. */
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  /** Why there will be no further attempt: what is left to do is the dead letter. */
  readonly fate?: Fate;
}

export interface Fate {
  readonly reason: DeadLetterReason;
  readonly last: DeliveryOutcome;
  /** When the last attempt was, as ISO 8601. */
  readonly at: string;
}

/** Brings an event to a kind of destination once, and says how that went. Does not throw. */
export type Deliver = (delivery: Delivery, subscription: EventSubscription) => Promise<DeliveryOutcome>;

/** What Event Grid tells a destination about a delivery: as headers or as application properties. */
export function deliveryProperties(
  { event, attempts, outputEventId }: Delivery,
  subscription: EventSubscription,
): Readonly<Record<string, string>> {
  const dataVersion = event["dataversion"];
  return {
    "aeg-subscription-name": subscription.name.toUpperCase(),
    "aeg-delivery-count": String(attempts),
    "aeg-data-version": typeof dataVersion === "string" ? dataVersion : "",
    "aeg-metadata-version": "1",
    "aeg-event-type": "Notification",
    "aeg-output-event-id": outputEventId,
  };
}

/** An event in the form that a subscription asks for, with its media type. */
export function payloadOf(
  { event }: Delivery,
  { eventDeliverySchema, destination }: EventSubscription,
): { readonly contentType: string; readonly body: string } {
  if (eventDeliverySchema !== "EventGridSchema") {
    return { contentType: "application/cloudevents+json; charset=utf-8", body: JSON.stringify(event) };
  }
  const body = toEventGridEvent(event);
  // A webhook gets an array of one, a message is one event.
  return {
    contentType: "application/json; charset=utf-8",
    body: JSON.stringify(destination.endpointType === "WebHook" ? [body] : body),
  };
}
