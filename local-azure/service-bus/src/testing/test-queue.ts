import { readIncoming } from "../amqp/incoming.ts";
import { propertyCount, sectionCode } from "../amqp/sections.ts";
import { encodedNull, encodeListSection, encodeString } from "../amqp/write.ts";
import type { Arrival } from "../queue/arrive.ts";
import type { MessageRecord } from "../queue/record.ts";
import { createQueueState, type QueueSettings } from "../queue/state.ts";
import { createMemoryJournal } from "../store/memory-store.ts";

const groupId = 10;

/** A queue in memory whose dead letters are collected. */
export function createTestQueue(settings: Partial<QueueSettings> = {}) {
  const deadLetters: { readonly record: MessageRecord; readonly content: Buffer }[] = [];
  const queue = createQueueState(
    1,
    {
      lockDuration: 30_000,
      maxDeliveryCount: 10,
      requiresSession: false,
      timeToLive: Number.POSITIVE_INFINITY,
      deadLetterOnExpiry: false,
      duplicateWindow: undefined,
      maxSizeInBytes: Number.POSITIVE_INFINITY,
      isDeadLetterQueue: false,
      ...settings,
    },
    createMemoryJournal(),
    {
      deadLetter: (record, content) => void deadLetters.push({ record, content }),
      passOn: undefined,
      available: () => {},
    },
  );
  return { queue, deadLetters };
}

/** An encoded message with this id, and with a session where one is given. */
function testMessage(messageId: string, sessionId?: string): Buffer {
  const properties: Buffer[] = Array.from({ length: propertyCount }, () => encodedNull);
  properties[0] = encodeString(messageId);
  if (sessionId !== undefined) properties[groupId] = encodeString(sessionId);
  const body = Buffer.concat([Buffer.from([0, 0x53, sectionCode.value]), encodeString("body")]);
  return Buffer.concat([encodeListSection(sectionCode.properties, properties), body]);
}

export function testArrival(messageId: string, sessionId?: string): Arrival {
  return { ...readIncoming(testMessage(messageId, sessionId)), hops: 0 };
}
