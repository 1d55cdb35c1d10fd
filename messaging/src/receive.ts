import { type Envelope, messageFailed, type QueueName, queues, type ServiceName } from "@ratchet/contracts";
import { attemptsMarks, earlierAttempts, withAttempt } from "./attempts.ts";
import { copyOf, type IncomingMessage, read } from "./copy.ts";
import { aboutOf, type Log, type LogSink, logTo } from "./log.ts";
import {
  describeError,
  type Failure,
  failureMarks,
  failureOf,
  isToBeStated,
  toStateMarks,
  triesMarks,
  triesOf,
} from "./marks.ts";
import { createOutbox, toMessage } from "./outbox.ts";
import { afterFailure, type Schedule } from "./retry.ts";
import { on, type Route, routeFor } from "./routes.ts";
import { childOf, traceOf } from "./trace.ts";
import type { EventTransport, MessageTransport } from "./transport.ts";

export interface Reception {
  readonly service: ServiceName;
  readonly queue: QueueName;
  /** The queue's schedule of retries where it is not to be the table's. */
  readonly retry?: Schedule;
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

/** Events that could not be stated when they happened come through the queue, to be stated now. */
const statements = (events: EventTransport): readonly Route[] => [on(messageFailed, (event) => events.publish(event))];

/**
 * States that a message has failed. Where the topic does not take it, the event goes through the queue as a message of its
 * own, and so by the law of failure: it is stated by the queue's schedule, or is a dead letter that can be replayed.
 */
async function stateFailure({ queue, messages, events }: Reception, event: Envelope, log: Log): Promise<void> {
  try {
    await events.publish(event);
  } catch (error) {
    const described = describeError(error);
    log.warn(`${event.type} cannot be stated now; it goes through the queue until it can`, { error: described });
    const message = toMessage(queue, event);
    const applicationProperties = { ...message.applicationProperties, ...toStateMarks };
    await messages.send(queue, { ...message, applicationProperties });
  }
}

/** What a delivery is of, as far as it can be read. */
interface Subject {
  readonly envelope: Envelope | undefined;
  /** The CloudEvent's id; the broker's where the message is none. */
  readonly id: string;
  readonly traceparent: string;
}

/** Sends the copy that carries the failure, and states it where the queue does so. */
async function failForGood(
  reception: Reception,
  message: IncomingMessage,
  { envelope, id, traceparent }: Subject,
  failure: Failure,
  log: Log,
): Promise<void> {
  const { service, queue, messages } = reception;
  const { name, message: text, stack, attempts } = failure;
  const written = { ...failureMarks(failure), ...attemptsMarks(earlierAttempts(message.properties)) };
  // The letter with its reason comes first: it needs nothing but the broker, whatever becomes of the event.
  await messages.send(queue, copyOf(queue, message, "failed", written));
  if (isToBeStated(message.properties) || !queues[queue].statesFailures) return;
  const failed = {
    service,
    queue,
    messageId: id,
    messageType: envelope?.type ?? "unknown",
    messageSubject: envelope?.subject ?? "unknown",
    attempts,
    error: { name, message: text, ...(stack === undefined ? {} : { stack }) },
  };
  // A replayed message that fails again has failed anew: the delivery, not the content, is the cause of the event.
  const cause = message.messageId;
  const origin = { source: service, time: new Date(failure.at), cause, traceparent: childOf(traceparent) };
  await stateFailure(reception, messageFailed.build(failed, origin), log);
}

/**
 * Handles one delivery by the law of failure. A fault that may pass sends the message again for later and lets go of this
 * one. Any other sends a copy that carries the failure, states `message.failed` where the queue does so, and lets go.
 * Returning means done with; throwing gives the message back to the broker.
 * @throws {FailedMessageError} when the message is the copy that carries a failure into the dead-letter queue.
 */
export async function receiveMessage(reception: Reception, message: IncomingMessage, sink: LogSink): Promise<void> {
  const { service, queue, routes, retry = queues[reception.queue], messages, events, clock } = reception;
  const marked = failureOf(message.properties);
  if (marked) throw new FailedMessageError(queue, marked);

  const tries = triesOf(message.properties);
  const { attempt } = tries;
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
    const route = routeFor(isToBeStated(message.properties) ? statements(events) : routes, parsed.envelope);
    await route.handle(parsed.envelope, { now, attempt, log, outbox });
  } catch (error) {
    // The wait begins with the failure, not with a delivery that may have taken an hour.
    const failedAt = clock();
    const described = describeError(error);
    const next = afterFailure(error, tries, failedAt, retry);
    if (next.kind === "retry") {
      log.warn(`attempt ${attempt} failed; trying again at ${next.notBefore.toISOString()}`, { error: described });
      const failed = { attempt, at: failedAt.toISOString(), ...described };
      const attempts = withAttempt(earlierAttempts(message.properties), failed);
      const written = { ...triesMarks(next.as), ...attemptsMarks(attempts) };
      const again = copyOf(queue, message, `attempt ${next.as.attempt}`, written);
      await messages.send(queue, again, next.notBefore);
      return;
    }
    log.error(`failed for good after ${attempt} attempt${attempt > 1 ? "s" : ""}`, { error: described });
    const failure: Failure = { ...described, service, at: failedAt.toISOString(), attempts: attempt };
    await failForGood(reception, message, { envelope, id, traceparent }, failure, log);
  }
}
