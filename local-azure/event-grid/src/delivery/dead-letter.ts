import { randomUUID } from "node:crypto";
import type { TokenCredential } from "@azure/service-bus";
import { BlobServiceClient, type StorageSharedKeyCredential } from "@azure/storage-blob";
import { toEventGridEvent } from "../cloud-event.ts";
import type { EventSubscription } from "../subscription.ts";
import type { Delivery, Fate } from "./delivery.ts";

/** The account that dead-letter containers are in. */
export interface DeadLetterStorage {
  readonly blobEndpoint: string;
  readonly credential: TokenCredential | StorageSharedKeyCredential;
}

/** Writes an event that could not be delivered to a blob. */
export type WriteDeadLetter = (
  container: string,
  delivery: Delivery,
  subscription: EventSubscription,
  fate: Fate,
) => Promise<void>;

/**
 * Each event becomes a blob `<SUBSCRIPTION>/<year>/<month>/<day>/<hour>/<id>.json`, a JSON array of one, as Event Grid
 * writes it: the event in its delivery schema, with what became of it beside.
 * Source: https://learn.microsoft.com/azure/event-grid/delivery-and-retry#dead-letter-events
 * @param credentialOf as whom a topic writes, where that is not all the same.
 */
export function writeDeadLetterTo(
  storage: DeadLetterStorage,
  credentialOf?: (topic: string) => TokenCredential,
): WriteDeadLetter {
  return async (container, delivery, subscription, fate) => {
    const inEventGridSchema = subscription.eventDeliverySchema === "EventGridSchema";
    const { reason, last } = fate;
    const story = {
      deadLetterReason: reason,
      deliveryAttempts: delivery.attempts,
      lastDeliveryOutcome: last.outcome,
      ...(last.status !== undefined && { lastHttpStatusCode: last.status }),
      publishTime: delivery.publishedAt.toISOString(),
      lastDeliveryAttemptTime: fate.at,
    };
    const event = inEventGridSchema
      ? { ...toEventGridEvent(delivery.event), ...story }
      : { ...delivery.event, ...lowerCased(story) };
    const body = JSON.stringify([event]);
    const at = new Date(fate.at);
    const hour = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours()].join("/");
    const blob = `${subscription.name.toUpperCase()}/${hour}/${randomUUID()}.json`;
    await new BlobServiceClient(storage.blobEndpoint, credentialOf?.(delivery.topic) ?? storage.credential)
      .getContainerClient(container)
      .getBlockBlobClient(blob)
      .upload(body, Buffer.byteLength(body), { blobHTTPHeaders: { blobContentType: "application/json" } });
  };
}

/** Attributes of a CloudEvent have lower-case names. */
function lowerCased(values: object): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}
