import {
  type AnyContract,
  type Contract,
  commands,
  type Envelope,
  eventTopic,
  type Origin,
  type QueueName,
  queues,
} from "@ratchet/contracts";
import { mustSend, type Speaker, UngrantedError } from "./granted.ts";
import { childOf } from "./trace.ts";
import type { EventTransport, MessageTransport, OutgoingMessage } from "./transport.ts";

/** How a handler speaks: every message knows its cause, so that saying a thing twice is saying it once. */
export interface Outbox {
  /**
   * Sends a command through its queue; with `notBefore`, it is delivered then and not earlier.
   * @throws {UngrantedError} when the topology does not name the speaker among the queue's senders.
   * @throws {ContractError} when the data does not keep the contract.
   * @throws {TypeError} when it is an event.
   */
  send<T extends string, D>(
    command: Contract<T, D>,
    data: D,
    options?: { readonly notBefore?: Date },
  ): Promise<Envelope<D>>;
  /**
   * States an event on the topic.
   * @throws {UngrantedError} when the event is another service's to state.
   * @throws {ContractError} when the data does not keep the contract.
   * @throws {TypeError} when it is a command.
   */
  publish<T extends string, D>(event: Contract<T, D>, data: D): Promise<Envelope<D>>;
}

/** The queue that a command goes through. */
function queueOf(contract: AnyContract): QueueName {
  const row = commands.find(({ contract: { type } }) => type === contract.type);
  if (!row) throw new TypeError(`${contract.type} is not a command; only commands go through queues`);
  return row.queue;
}

/** The session of a message: its model, in queues that do one thing at a time per model. */
export function sessionOf(queue: QueueName, data: unknown): string | undefined {
  if (!queues[queue].requiresSession) return undefined;
  const model = typeof data === "object" && data !== null && "model" in data ? data.model : undefined;
  return typeof model === "string" ? model : "unknown";
}

/** A message's trace under the name by which Azure's own tools find it. */
export const diagnosticId = ({ traceparent }: Pick<Envelope, "traceparent">): Record<string, string> =>
  traceparent ? { "Diagnostic-Id": traceparent } : {};

/** A CloudEvent as a Service Bus message; its id is the message id, by which duplicates are recognised. */
export function toMessage(queue: QueueName, envelope: Envelope): OutgoingMessage {
  const sessionId = sessionOf(queue, envelope.data);
  return {
    messageId: envelope.id,
    body: envelope,
    contentType: "application/cloudevents+json",
    subject: envelope.type,
    ...(sessionId === undefined ? {} : { sessionId }),
    applicationProperties: diagnosticId(envelope),
  };
}

/**
 * An outbox for whoever speaks on an occasion.
 * @param cause the id of the message, or the name of the occasion (a request's id, a schedule's time), that all that is
 * said follows from.
 */
export function createOutbox(
  speaker: Speaker,
  { cause, traceparent, time }: Required<Omit<Origin, "source">>,
  transports: { readonly messages: MessageTransport; readonly events: EventTransport },
): Outbox {
  const origin = (): Origin => ({ source: speaker, time, cause, traceparent: childOf(traceparent) });
  return {
    async send(command, data, options = {}) {
      const queue = queueOf(command);
      mustSend(speaker, queue);
      const envelope = command.build(data, origin());
      await transports.messages.send(queue, toMessage(queue, envelope), options.notBefore);
      return envelope;
    },
    async publish(event, data) {
      if (event.kind !== "event")
        throw new TypeError(`${event.type} is a command; the topic ${eventTopic} carries events`);
      if (!(event.statedBy as readonly string[] | undefined)?.includes(speaker))
        throw new UngrantedError(speaker, `state ${event.type}`, "its contract says who states it");
      const envelope = event.build(data, origin());
      await transports.events.publish(envelope);
      return envelope;
    },
  };
}
