import { type Envelope, parseEnvelope, type QueueName, shortDigest } from "@ratchet/contracts";
import { type Properties, withoutFailure } from "./marks.ts";
import { diagnosticId, sessionOf } from "./outbox.ts";
import type { OutgoingMessage } from "./transport.ts";

/** A message as the Functions host hands it over. */
export interface IncomingMessage {
  readonly body: unknown;
  /** The broker's message id: differs between a message, its retries and its replays. */
  readonly messageId: string;
  readonly sessionId?: string;
  readonly properties: Properties;
}

/** What a message says, or why it says nothing. */
export const read = (body: unknown): { readonly envelope: Envelope } | { readonly fault: unknown } => {
  try {
    return { envelope: parseEnvelope(body) };
  } catch (fault) {
    return { fault };
  }
};

/**
 * A copy of the message for the same queue.
 * @param step what the copy is made for. Its id follows from it and the copied delivery's, so a copy made twice is one.
 */
export function copyOf(
  queue: QueueName,
  { messageId, body, properties, sessionId }: IncomingMessage,
  step: string,
  newMarks: Readonly<Record<string, string | number>>,
): OutgoingMessage {
  const parsed = read(body);
  const envelope = "envelope" in parsed ? parsed.envelope : undefined;
  const session = sessionId ?? sessionOf(queue, envelope?.data);
  const stem = envelope?.id ?? messageId;
  // The host hands names over in camel case; of this one somebody else needs the spelling.
  const { "diagnostic-Id": _, ...kept } = withoutFailure(properties);
  return {
    messageId: `${stem.slice(0, 90)}~${shortDigest({ from: messageId, step })}`,
    body,
    contentType: envelope ? "application/cloudevents+json" : "application/json",
    ...(envelope ? { subject: envelope.type } : {}),
    ...(session === undefined ? {} : { sessionId: session }),
    applicationProperties: { ...kept, ...(envelope ? diagnosticId(envelope) : {}), ...newMarks },
  };
}
