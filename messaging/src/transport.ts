import { EventGridPublisherClient } from "@azure/eventgrid";
import type { TokenCredential } from "@azure/identity";
import { ServiceBusClient, type ServiceBusSender } from "@azure/service-bus";
import type { Envelope, QueueName } from "@ratchet/contracts";

export interface OutgoingMessage {
  readonly messageId: string;
  readonly body: unknown;
  readonly contentType: string;
  readonly subject?: string;
  readonly sessionId?: string;
  readonly applicationProperties: Record<string, string | number | boolean | Date>;
}

/** Sends to queues. */
export interface MessageTransport {
  send(queue: QueueName, message: OutgoingMessage, notBefore?: Date): Promise<void>;
  close(): Promise<void>;
}

/** Publishes to the topic. */
export interface EventTransport {
  publish(event: Envelope): Promise<void>;
}

/** Service Bus. One connection for all queues, opened at the first message. */
export function serviceBusTransport(fullyQualifiedNamespace: string, credential: TokenCredential): MessageTransport {
  let client: ServiceBusClient | undefined;
  const senders = new Map<QueueName, ServiceBusSender>();
  const senderOf = (queue: QueueName): ServiceBusSender => {
    client ??= new ServiceBusClient(fullyQualifiedNamespace, credential);
    const sender = senders.get(queue) ?? client.createSender(queue);
    senders.set(queue, sender);
    return sender;
  };
  return {
    async send(queue, message, notBefore) {
      // A scheduled send is an ordinary send with an enqueue time: the broker confirms it like any other.
      const scheduled = notBefore ? { scheduledEnqueueTimeUtc: notBefore } : {};
      await senderOf(queue).sendMessages({ ...message, ...scheduled });
    },
    async close() {
      await client?.close();
    },
  };
}

/** Event Grid. */
export function eventGridTransport(endpoint: string, credential: TokenCredential): EventTransport {
  let client: EventGridPublisherClient<"CloudEvent"> | undefined;
  return {
    async publish({ id, source, type, subject, time, dataschema, traceparent, causationid, data }) {
      client ??= new EventGridPublisherClient(endpoint, "CloudEvent", credential);
      const extensionAttributes = {
        ...(traceparent ? { traceparent } : {}),
        ...(causationid ? { causationid } : {}),
      };
      const event = { id, source, type, subject, time: new Date(time), data, extensionAttributes };
      await client.send([{ ...event, datacontenttype: "application/json", ...(dataschema ? { dataschema } : {}) }]);
    },
  };
}
