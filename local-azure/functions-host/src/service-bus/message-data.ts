import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { TypedData } from "../worker/core-types.ts";
import { collectionString, dotnetDate, dotnetDateOffset, jsonOf } from "../worker/typed-data.ts";

// What the host makes of a received message. Names and types are those of the binding strategy of
// Microsoft.Azure.WebJobs.Extensions.ServiceBus 5.x; the library then parses texts as JSON where it can
// and camel-cases every key.

/** A message's body as handed to the handler: text, or bytes if the binding asks for `binary`. */
export function bodyData(message: ServiceBusReceivedMessage, binary: boolean): TypedData {
  return binary ? { bytes: bodyBytes(message) } : { string: bodyText(message) };
}

/** The bodies of a batch. */
export function bodiesData(
  messages: readonly ServiceBusReceivedMessage[],
  binary: boolean,
  keepEmpty: boolean,
): TypedData {
  return binary
    ? { collectionBytes: { bytes: messages.map(bodyBytes) } }
    : collectionString(messages.map(bodyText), keepEmpty);
}

/** Trigger metadata of a single message. */
export function messageMetadata(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const texts = Object.entries(textReaders).flatMap(([name, read]) => {
    const value = read(message);
    return value === undefined ? [] : [[name, { string: value }] as const];
  });
  const values = Object.entries(valueReaders).map(
    ([name, read]) => [name, { json: JSON.stringify(read(message)) }] as const,
  );
  return Object.fromEntries([...texts, ...values]);
}

/** Trigger metadata of a batch: each name with `Array` behind it. */
export function batchMetadata(
  messages: readonly ServiceBusReceivedMessage[],
  keepEmpty: boolean,
): Record<string, TypedData> {
  const texts = Object.entries(textReaders).map(
    ([name, read]) =>
      [
        `${name}Array`,
        collectionString(
          messages.map((message) => read(message) ?? ""),
          keepEmpty,
        ),
      ] as const,
  );
  const values = Object.entries(valueReaders).map(([name, read]) => {
    const all = messages.map(read);
    return [
      `${name}Array`,
      name === "SequenceNumber" ? { collectionSint64: { sint64: all.map(Number) } } : { json: JSON.stringify(all) },
    ] as const;
  });
  return Object.fromEntries([...texts, ...values]);
}

const textReaders: Readonly<Record<string, (message: ServiceBusReceivedMessage) => string | undefined>> = {
  DeadLetterSource: (message) => message.deadLetterSource,
  LockToken: (message) => message.lockToken,
  MessageId: (message) => (message.messageId === undefined ? undefined : String(message.messageId)),
  ContentType: (message) => message.contentType,
  ReplyTo: (message) => message.replyTo,
  To: (message) => message.to,
  Subject: (message) => message.subject,
  Label: (message) => message.subject,
  CorrelationId: (message) => (message.correlationId === undefined ? undefined : String(message.correlationId)),
  SessionId: (message) => message.sessionId,
  ReplyToSessionId: (message) => message.replyToSessionId,
  PartitionKey: (message) => message.partitionKey,
  TransactionPartitionKey: (message) => message.partitionKey,
};

/** The last moment .NET can name: a message that never expires. */
const never = "9999-12-31T23:59:59.9999999";

function expires({ expiresAtUtc }: ServiceBusReceivedMessage): string | undefined {
  return expiresAtUtc && expiresAtUtc.getUTCFullYear() <= 9999 ? dotnetDate(expiresAtUtc) : undefined;
}

const valueReaders: Readonly<Record<string, (message: ServiceBusReceivedMessage) => unknown>> = {
  // The SDK counts earlier deliveries, .NET this one too.
  DeliveryCount: (message) => (message.deliveryCount ?? 0) + 1,
  SequenceNumber: (message) => Number(message.sequenceNumber ?? 0),
  ExpiresAtUtc: (message) => expires(message) ?? never,
  ExpiresAt: (message) => `${expires(message) ?? never}+00:00`,
  EnqueuedTimeUtc: (message) => message.enqueuedTimeUtc && dotnetDate(message.enqueuedTimeUtc),
  EnqueuedTime: (message) => message.enqueuedTimeUtc && dotnetDateOffset(message.enqueuedTimeUtc),
  ApplicationProperties: (message) => jsonOf(message.applicationProperties ?? {}),
  UserProperties: (message) => jsonOf(message.applicationProperties ?? {}),
};

function bodyBytes(message: ServiceBusReceivedMessage): Uint8Array {
  const body: unknown = message.body;
  if (body instanceof Uint8Array) return body;
  return Buffer.from(bodyText(message));
}

function bodyText(message: ServiceBusReceivedMessage): string {
  const body: unknown = message.body;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  if (typeof body === "string") return body;
  // An AMQP value or sequence section.
  return body === undefined || body === null ? "" : JSON.stringify(body);
}
