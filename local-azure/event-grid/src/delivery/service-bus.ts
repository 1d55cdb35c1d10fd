import {
  isServiceBusError,
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusSender,
  type TokenCredential,
} from "@azure/service-bus";
import type { ServiceBusDestination } from "../subscription.ts";
import { deliveryAttributes } from "./attributes.ts";
import { type Deliver, deliveryProperties, payloadOf } from "./delivery.ts";
import type { DeliveryOutcome } from "./retry-policy.ts";

/** The namespace that queues and topics of subscriptions are in. */
export interface ServiceBusNamespace {
  /** e.g. `localhost:41234` */
  readonly fullyQualifiedNamespace: string;
  readonly credential: TokenCredential;
}

/** When a connection breaks, the SDK waits for its answer all the same: this long. */
const answerWithinMs = 10_000;

/** Attributes of a subscription that set the message's own property of that name, and none of the application. */
const messageProperties: Readonly<Record<string, keyof ServiceBusMessage>> = {
  MessageId: "messageId",
  SessionId: "sessionId",
  PartitionKey: "partitionKey",
  CorrelationId: "correlationId",
  Label: "subject",
  ReplyTo: "replyTo",
  ReplyToSessionId: "replyToSessionId",
  To: "to",
};

/** What an error of the SDK would have been as an HTTP status, for the retry policy that is written in those. */
const failures: Readonly<Record<string, { readonly outcome: string; readonly status: number }>> = {
  MessagingEntityNotFound: { outcome: "NotFound", status: 404 },
  MessagingEntityDisabled: { outcome: "Disabled", status: 503 },
  UnauthorizedAccess: { outcome: "Unauthorized", status: 401 },
  MessageSizeExceeded: { outcome: "PayloadTooLarge", status: 413 },
  QuotaExceeded: { outcome: "Full", status: 503 },
  ServiceBusy: { outcome: "Busy", status: 503 },
  ServiceTimeout: { outcome: "TimedOut", status: 408 },
};

/**
 * Sends each event as one message; its MessageId is the same at every attempt.
 * @param credentialOf as whom a topic delivers, where that is not all the same.
 */
export function deliverToServiceBus(
  namespace: ServiceBusNamespace,
  closing: AbortSignal,
  credentialOf?: (topic: string) => TokenCredential,
): { readonly deliver: Deliver; close(): Promise<void> } {
  const { fullyQualifiedNamespace, credential } = namespace;
  const clients = new Map<string, ServiceBusClient>();
  const clientOf = (topic: string): ServiceBusClient => {
    // One connection for all topics, unless each is somebody of its own.
    const key = credentialOf ? topic : "";
    const client =
      clients.get(key) ??
      // Attempts are counted and spaced by the retry policy: the SDK shall not have one of its own beneath it.
      new ServiceBusClient(fullyQualifiedNamespace, credentialOf?.(topic) ?? credential, {
        retryOptions: { maxRetries: 0, timeoutInMs: answerWithinMs },
      });
    clients.set(key, client);
    return client;
  };
  const senders = new Map<string, ServiceBusSender>();
  const senderTo = (topic: string, entity: string): ServiceBusSender => {
    const key = `${topic} to ${entity}`;
    const sender = senders.get(key) ?? clientOf(topic).createSender(entity);
    senders.set(key, sender);
    return sender;
  };

  return {
    deliver: async (delivery, subscription) => {
      const { entity, deliveryAttributeMappings } = subscription.destination as ServiceBusDestination;
      const { contentType, body } = payloadOf(delivery, subscription);
      const message: ServiceBusMessage = {
        // As bytes it is the message's data section, which every client reads; as a string it would be an AMQP value.
        body: Buffer.from(body),
        contentType,
        messageId: delivery.outputEventId,
        ...withAttributes(deliveryAttributes(deliveryAttributeMappings, delivery.event)),
      };
      try {
        const properties = { ...message.applicationProperties, ...deliveryProperties(delivery, subscription) };
        const send = { ...message, applicationProperties: properties };
        await senderTo(delivery.topic, entity).sendMessages(send, { abortSignal: closing });
        return { delivered: true, outcome: "Success" };
      } catch (error) {
        return failureOf(error);
      }
    },
    close: async () => void (await Promise.all([...clients.values()].map((client) => client.close()))),
  };
}

function withAttributes(attributes: Readonly<Record<string, string>>): Partial<ServiceBusMessage> {
  const own: Record<string, string> = {};
  const application: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const property = messageProperties[name];
    if (property) own[property] = value;
    else application[name] = value;
  }
  return { ...own, applicationProperties: application };
}

function failureOf(error: unknown): DeliveryOutcome {
  const description = error instanceof Error ? error.message : String(error);
  const known = isServiceBusError(error) ? failures[error.code] : undefined;
  return { delivered: false, ...(known ?? { outcome: "GenericError" }), description };
}
