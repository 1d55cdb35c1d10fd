import { ServiceBusClient } from "@azure/service-bus";
import { type ServiceBus, startServiceBus } from "@local-azure/service-bus";
import { brokerSettings, queues } from "@ratchet/contracts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listDeadLetters } from "./list-dead-letters.ts";
import { replayDeadLetters } from "./replay-dead-letters.ts";

const queue = "training-due";
const count = 120;
const numbers = Array.from({ length: count }, (_, n) => n);
/** More than the SDK holds on one link. */
const many = 2_100;
const manyAtOnce = 300;

describe("a replay", () => {
  let bus: ServiceBus;
  let client: ServiceBusClient;

  beforeEach(async () => {
    bus = await startServiceBus({ queues: [{ name: queue, ...brokerSettings(queues[queue]) }] });
    client = new ServiceBusClient(bus.connectionString, { retryOptions: { maxRetries: 0 } });
    await deadLetter(numbers);
  });
  afterEach(async () => {
    await client.close();
    await bus.close();
  });

  async function deadLetter(bodies: readonly number[]): Promise<void> {
    await client.createSender(queue).sendMessages(bodies.map((body) => ({ body, messageId: `letter-${body}` })));
    const receiver = client.createReceiver(queue);
    const messages = await receiver.receiveMessages(bodies.length);
    await Promise.all(messages.map((message) => receiver.deadLetterMessage(message)));
    await receiver.close();
  }

  test.each([
    { which: "none but the first", isChosen: (n: number) => n === 0 },
    { which: "all but the first", isChosen: (n: number) => n > 0 },
    { which: "every other", isChosen: (n: number) => n % 2 === 1 },
  ])("takes the chosen and leaves the others where they are: $which", async ({ isChosen }) => {
    const before = await listDeadLetters(client, queue);
    const chosen = before.filter(({ body }) => isChosen(Number(body)));
    const { replayed, gone } = await replayDeadLetters(
      client,
      queue,
      chosen.map(({ sequenceNumber }) => sequenceNumber),
    );
    expect(gone).toEqual([]);
    expect(replayed.map(({ body }) => body)).toEqual(numbers.filter(isChosen));
    const here = await client.createReceiver(queue).peekMessages(count);
    expect(here.map(({ body }) => body)).toEqual(numbers.filter(isChosen));
    const left = await listDeadLetters(client, queue);
    expect(left).toEqual(before.filter(({ body }) => !isChosen(Number(body))));
  });

  test("that breaks off gives back at once what it holds", async () => {
    const before = await listDeadLetters(client, queue);
    const chosen = before.map(({ sequenceNumber }) => sequenceNumber);
    const breakOff = new Error("the operator's terminal is gone");
    const replay = replayDeadLetters(client, queue, chosen, {
      onProgress({ replayed }) {
        if (replayed === 3) throw breakOff;
      },
    });
    await expect(replay).rejects.toBe(breakOff);
    const again = client.createReceiver(queue, { subQueueType: "deadLetter", receiveMode: "receiveAndDelete" });
    const left = await again.receiveMessages(count - 3, { maxWaitTimeInMs: 5_000 });
    expect(left.map(({ body }) => body)).toEqual(numbers.slice(3));
  });

  test("finds a letter however many stand before it", async () => {
    for (let first = count; first < many; first += manyAtOnce) {
      await deadLetter(Array.from({ length: manyAtOnce }, (_, n) => first + n));
    }
    const last = (await listDeadLetters(client, queue)).at(-1);
    const { replayed } = await replayDeadLetters(client, queue, [String(last?.sequenceNumber)]);
    expect(replayed).toEqual([last]);
  });
});
