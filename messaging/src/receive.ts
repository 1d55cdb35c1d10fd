import {
  type Envelope,
  messageFailed,
  parseEnvelope,
  type QueueName,
  type QueueTopology,
  queues,
  type ServiceName,
  shortDigest,
} from "@ratchet/contracts";
import { aboutOf, type LogSink, logTo } from "./log.ts";
import { attemptOf, type Failure, failureMarks, failureOf, marks, type Properties, withoutFailure } from "./marks.ts";
import { createOutbox, sessionOf } from "./outbox.ts";
import { afterFailure } from "./retry.ts";
import { type Route, routeFor } from "./routes.ts";
import { traceOf } from "./trace.ts";
import type { EventTransport, MessageTransport, OutgoingMessage } from "./transport.ts";

/** A message as the Functions host hands it over. */
export interface IncomingMessage {
  readonly body: unknown;
  /** The broker's message id: differs between a message, its retries and its replays. */
  readonly messageId: string;
  readonly sessionId?: string;
  readonly properties: Properties;
}

export interface Reception {
  readonly service: ServiceName;
  readonly queue: QueueName;
  /** The queue's schedule of retries where it is not to be the table's. */
  readonly retry?: Pick<QueueTopology, "retryDelays">;
  readonly routes: readonly Route[];
  readonly messages: MessageTransport;
  readonly events: EventTransport;
  readonly clock: () => Date;
}

/**
 * The message has failed for good and is on its way into the dead-letter queue: thrown so that the host gives it back
 * to the broker, which dead-letters it after its last delivery. A function cannot settle a message with a reason, so
 * the reason travels on the message itself.
 */
export class FailedMessageError extends Error {
  override readonly name = "FailedMessageError";

  constructor(queue: QueueName, failure: Failure) {
    super(`on its way to the dead-letter queue of ${queue}: ${failure.name}: ${failure.message}`);
  }
}

const read = (body: unknown): { readonly envelope: Envelope } | { readonly fault: unknown } => {
  try {
    return { envelope: parseEnvelope(body) };
  } catch (fault) {
    return { fault };
  }
};

/** A copy of the message for the same queue. Its id follows from the copied delivery's, so a copy made twice is one. */
function copyOf(
  queue: QueueName,
  { messageId, body, properties, sessionId }: IncomingMessage,
  step: string,
  newMarks: Readonly<Record<string, string | number>>,
): OutgoingMessage {
  const parsed = read(body);
  const data = "envelope" in parsed ? parsed.envelope.data : undefined;
  const session = sessionId ?? sessionOf(queue, data);
  const stem = "envelope" in parsed ? parsed.envelope.id : messageId;
  return {
    messageId: `${stem.slice(0, 90)}~${shortDigest({ from: messageId, step })}`,
    body,
    contentType: "envelope" in parsed ? "application/cloudevents+json" : "application/json",
    ...("envelope" in parsed ? { subject: parsed.envelope.type } : {}),
    ...(session === undefined ? {} : { sessionId: session }),
    applicationProperties: { ...withoutFailure(properties), ...newMarks },
  };
}

const describeError = (error: unknown) =>
  error instanceof Error
    ? { name: error.name, message: error.message, ...(error.stack ? { stack: error.stack } : {}) }
    : { name: "Error", message: String(error) };

/**
 * Handles one delivery by the law of failure: a transient error sends the message again for later and lets go of this
 * one; any other states `message.failed`, sends a copy that carries the failure, and lets go. Returning means done
 * with; throwing gives the message back to the broker.
 * @throws {FailedMessageError} when the message is the copy that carries a failure into the dead-letter queue.
 */
export async function receiveMessage(reception: Reception, message: IncomingMessage, sink: LogSink): Promise<void> {
  const { service, queue, routes, retry = queues[reception.queue], messages, events, clock } = reception;
  const marked = failureOf(message.properties);
  if (marked) throw new FailedMessageError(queue, marked);

  const attempt = attemptOf(message.properties);
  const now = clock();
  const parsed = read(message.body);
  const envelope = "envelope" in parsed ? parsed.envelope : undefined;
  const id = envelope?.id ?? message.messageId;
  const traceparent = envelope?.traceparent ?? traceOf(id);
  const log = logTo(sink, {
    service,
    queue,
    messageId: id,
    type: envelope?.type,
    attempt,
    trace: traceparent.split("-")[1],
    ...(envelope ? aboutOf(envelope) : {}),
  });
  try {
    if ("fault" in parsed) throw parsed.fault;
    const outbox = createOutbox(service, { cause: id, traceparent, time: now }, { messages, events });
    await routeFor(routes, parsed.envelope).handle(parsed.envelope, { now, attempt, log, outbox });
    return;
  } catch (error) {
    const next = afterFailure(error, attempt, now, retry);
    const described = describeError(error);
    if (next.kind === "retry") {
      log.warn(`attempt ${attempt} failed; trying again at ${next.notBefore.toISOString()}`, { error: described });
      const again = copyOf(queue, message, `attempt ${attempt + 1}`, { [marks.attempt]: attempt + 1 });
      await messages.send(queue, again, next.notBefore);
      return;
    }
    log.error(`failed for good after ${attempt} attempt${attempt > 1 ? "s" : ""}`, { error: described });
    const failure: Failure = { ...described, service, at: now.toISOString(), attempts: attempt };
    // A replayed message that fails again has failed anew: the delivery, not the content, is the cause of the event.
    const outbox = createOutbox(service, { cause: message.messageId, traceparent, time: now }, { messages, events });
    await outbox.publish(messageFailed, {
      service,
      queue,
      messageId: id,
      messageType: envelope?.type ?? "unknown",
      messageSubject: envelope?.subject ?? "unknown",
      attempts: attempt,
      error: described,
    });
    await messages.send(queue, copyOf(queue, message, "failed", failureMarks(failure)));
  }
}
