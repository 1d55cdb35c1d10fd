import type { ServiceBusClient } from "@azure/service-bus";
import { type QueueName, shortDigest } from "@ratchet/contracts";
import type { DeadLetter } from "./dead-letter.ts";
import { marks, withoutFailure } from "./marks.ts";
import { sessionOf } from "./outbox.ts";
import { takeDeadLetters } from "./take-dead-letters.ts";
import type { OutgoingMessage } from "./transport.ts";

/** Locked at a time during a replay: few enough to be sent again well within their locks. */
const replaySize = 50;

interface ReplayProgress {
  readonly replayed: number;
  readonly total: number;
}

interface ReplayOptions {
  readonly onProgress?: (progress: ReplayProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ReplayResult {
  readonly replayed: readonly DeadLetter[];
  /** Chosen, but gone by the time their turn came: somebody else replayed or removed them. */
  readonly gone: readonly string[];
}

/**
 * Sends chosen dead letters to their queue again. The set is fixed: letters that arrive meanwhile stay. Each copy gets
 * a message id of its own, or duplicate detection would drop it; the CloudEvent inside, and with it the idempotency
 * key, stays the same. The copy is sent first and the dead letter completed after: a crash between leaves a duplicate,
 * which duplicate detection drops when the letter is replayed again, never a loss. What was received and not replayed is
 * given back, also where something fails in between.
 */
export async function replayDeadLetters(
  client: ServiceBusClient,
  queue: QueueName,
  sequenceNumbers: readonly string[],
  { onProgress, signal }: ReplayOptions = {},
): Promise<ReplayResult> {
  const wanted = new Set(sequenceNumbers);
  const replayed: DeadLetter[] = [];
  const letters = takeDeadLetters(client, queue);
  const sender = client.createSender(queue);
  try {
    while (wanted.size > 0 && !signal?.aborted) {
      const taken = await letters.next(replaySize);
      if (taken.length === 0) break;
      for (const letter of taken) {
        if (!wanted.has(letter.sequenceNumber) || signal?.aborted) continue;
        await sender.sendMessages(copyForReplay(letter, queue));
        await letters.complete([letter]);
        wanted.delete(letter.sequenceNumber);
        replayed.push(letter);
        onProgress?.({ replayed: replayed.length, total: sequenceNumbers.length });
      }
    }
    return { replayed, gone: [...wanted] };
  } finally {
    await Promise.all([letters.close(), sender.close()]);
  }
}

/** As much of a dead letter as a copy of it is made of. */
export type ReplayedLetter = Pick<
  DeadLetter,
  "messageId" | "sequenceNumber" | "envelope" | "body" | "sessionId" | "properties" | "replays" | "firstFailedAt"
>;

/** Names one replay of one letter: done twice, because the first time was cut off, it is one message. */
function idOfReplay({ messageId, sequenceNumber }: ReplayedLetter): string {
  const [stem = ""] = messageId.split("~");
  return `${stem.slice(0, 90)}~${shortDigest({ replayOf: messageId, as: sequenceNumber })}`;
}

/**
 * The copy of a dead letter that is sent instead of it. Its id follows from the letter, so that it is one message however
 * often it is sent within the time in which the queue knows duplicates.
 * @param queue where it is sent to.
 */
export function copyForReplay(letter: ReplayedLetter, queue: QueueName): OutgoingMessage {
  const { envelope, body, properties, firstFailedAt } = letter;
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  const sessionId = letter.sessionId ?? sessionOf(queue, data);
  return {
    messageId: idOfReplay(letter),
    body,
    contentType: envelope ? "application/cloudevents+json" : "application/json",
    ...(envelope ? { subject: envelope.type } : {}),
    ...(sessionId ? { sessionId } : {}),
    applicationProperties: {
      ...withoutFailure(properties),
      [marks.replays]: letter.replays + 1,
      [marks.replayOf]: letter.messageId,
      ...(firstFailedAt === undefined ? {} : { [marks.firstFailedAt]: firstFailedAt }),
    },
  };
}
