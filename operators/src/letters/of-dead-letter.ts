import type { DeadLetter } from "@ratchet/messaging";
import type { Letter } from "./letter.ts";

/** A message in a dead-letter queue as a letter. */
export function ofDeadLetter({ queue, sequenceNumber, envelope, enqueuedAt, ...rest }: DeadLetter): Letter {
  const [stem = ""] = rest.messageId.split("~");
  const since = rest.failure?.at || (enqueuedAt ?? new Date(0)).toISOString();
  return {
    ...rest,
    id: `${queue}/${sequenceNumber}`,
    place: queue,
    number: sequenceNumber,
    queue,
    message: envelope?.id ?? stem,
    event: envelope,
    since,
    firstFailedAt: rest.firstFailedAt ?? since,
  };
}
