import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { type Envelope, parseEnvelope, type QueueName } from "@ratchet/contracts";
import { earlierAttempts, type FailedAttempt } from "./attempts.ts";
import { type Failure, failureOf, firstFailedAtOf, type Properties, replaysOf } from "./marks.ts";

/** A message in a dead-letter queue, as an operator looks at it. */
export interface DeadLetter {
  readonly queue: QueueName;
  /** The broker's number of the message in this dead-letter queue: its handle. */
  readonly sequenceNumber: string;
  readonly messageId: string;
  /** The CloudEvent; undefined where the body is none. */
  readonly envelope: Envelope | undefined;
  readonly body: unknown;
  /** Why, as the service wrote it on the message; undefined where the broker itself gave up on it. */
  readonly failure: Failure | undefined;
  /** The broker's own reason, e.g. MaxDeliveryCountExceeded or TTLExpiredException. */
  readonly brokerReason: string | undefined;
  readonly brokerDescription: string | undefined;
  readonly enqueuedAt: Date | undefined;
  /** When it failed for the first time, before all its replays; ISO 8601. */
  readonly firstFailedAt: string | undefined;
  /** Every attempt since it was sent or replayed, the last one too; empty where the broker itself gave up on it. */
  readonly attempts: readonly FailedAttempt[];
  readonly replays: number;
  readonly sessionId: string | undefined;
  readonly properties: Properties;
}

/** A received or peeked message as a dead letter. */
export function toDeadLetter(queue: QueueName, message: ServiceBusReceivedMessage): DeadLetter {
  const properties: Properties = message.applicationProperties ?? {};
  let envelope: Envelope | undefined;
  try {
    envelope = parseEnvelope(message.body);
  } catch {
    envelope = undefined;
  }
  const failure = failureOf(properties);
  return {
    queue,
    sequenceNumber: String(message.sequenceNumber),
    messageId: String(message.messageId),
    envelope,
    body: message.body,
    failure,
    brokerReason: message.deadLetterReason,
    brokerDescription: message.deadLetterErrorDescription,
    enqueuedAt: message.enqueuedTimeUtc,
    firstFailedAt: firstFailedAtOf(properties) ?? failure?.at ?? message.enqueuedTimeUtc?.toISOString(),
    attempts: [...earlierAttempts(properties), ...(failure ? [lastAttempt(failure)] : [])],
    replays: replaysOf(properties),
    sessionId: message.sessionId,
    properties,
  };
}

const lastAttempt = ({ attempts, at, name, message, stack }: Failure): FailedAttempt => ({
  attempt: attempts,
  at,
  name,
  message,
  ...(stack === undefined ? {} : { stack }),
});
