import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ServiceBusOptions, startServiceBus } from "../service-bus.ts";
import { StoreCorruptError, StoreLockedError } from "./errors.ts";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "service-bus-store-"));
});
afterEach(() => rm(data, { recursive: true }));

/** Runs a broker on the folder for as long as the work with it takes. */
async function withBus<Result>(
  options: ServiceBusOptions,
  work: (client: ServiceBusClient) => Promise<Result>,
): Promise<Result> {
  await using bus = await startServiceBus({ data, ...options });
  const client = new ServiceBusClient(bus.connectionString);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

describe("A data folder", () => {
  test("remembers messages in every state, and gives out again what was locked", async () => {
    await withBus({ queues: [{ name: "q" }] }, async (client) => {
      const sender = client.createSender("q");
      await sender.sendMessages(["done", "deferred", "abandoned", "dead", "locked"].map((body) => ({ body })));
      await sender.scheduleMessages({ body: "scheduled" }, new Date(Date.now() + 60_000));
      const receiver = client.createReceiver("q");
      const [done, deferred, abandoned, dead] = await receiver.receiveMessages(5);
      if (!done || !deferred || !abandoned || !dead) throw new Error("Messages are missing.");
      await receiver.completeMessage(done);
      await receiver.deferMessage(deferred);
      await receiver.abandonMessage(abandoned, { tired: true });
      await receiver.deadLetterMessage(dead, { deadLetterReason: "dead", deadLetterErrorDescription: "really" });
    });
    await withBus({}, async (client) => {
      const receiver = client.createReceiver("q");
      const left = await receiver.peekMessages(10);
      expect(left.map(({ body, state, deliveryCount }) => [body, state, deliveryCount])).toEqual([
        ["deferred", "deferred", 1],
        ["abandoned", "active", 1],
        ["locked", "active", 0],
        ["scheduled", "scheduled", 0],
      ]);
      expect(left[1]?.applicationProperties).toEqual({ tired: true });
      const [letter] = await client.createReceiver("q", { subQueueType: "deadLetter" }).receiveMessages(1);
      expect(letter).toMatchObject({ body: "dead", deadLetterReason: "dead" });
      const next = await client.createReceiver("q").receiveMessages(1);
      expect(next[0]?.body).toBe("abandoned");
    });
  });

  test("goes on numbering where it stopped, even where no message is left", async () => {
    const number = await withBus({ queues: [{ name: "q" }] }, async (client) => {
      await client.createSender("q").sendMessages({ body: 1 });
      const [message] = await client.createReceiver("q", { receiveMode: "receiveAndDelete" }).receiveMessages(1);
      return message?.sequenceNumber?.toNumber() ?? 0;
    });
    await withBus({}, async (client) => {
      await client.createSender("q").sendMessages({ body: 2 });
      const [message] = await client.createReceiver("q").receiveMessages(1);
      expect(message?.sequenceNumber?.toNumber()).toBe(number + 1);
    });
  });

  test("remembers the state of sessions, the ids of duplicate detection, and the rules of subscriptions", async () => {
    const topics = [
      {
        name: "t",
        subscriptions: [
          { subscriptionName: "s", rules: [{ name: "r", filter: { kind: "sql", sqlExpression: "a = 1" } as const }] },
        ],
      },
    ];
    const queues = [
      { name: "sessions", requiresSession: true },
      { name: "unique", requiresDuplicateDetection: true },
    ];
    await withBus({ queues, topics }, async (client) => {
      const session = await client.acceptSession("sessions", "s");
      await session.setSessionState({ kept: true });
      await client.createSender("unique").sendMessages({ body: "first", messageId: "same" });
    });
    await withBus({}, async (client) => {
      expect(await (await client.acceptSession("sessions", "s")).getSessionState()).toEqual({ kept: true });
      await client.createSender("unique").sendMessages({ body: "second", messageId: "same" });
      expect(await client.createReceiver("unique").peekMessages(5)).toHaveLength(1);
      await client.createSender("t").sendMessages([
        { body: "no", applicationProperties: { a: 2 } },
        { body: "yes", applicationProperties: { a: 1 } },
      ]);
      const seen = await client.createReceiver("t", "s").peekMessages(5);
      expect(seen.map(({ body }) => body)).toEqual(["yes"]);
    });
  });

  test("serves one broker at a time, and says so to the second", async () => {
    await using bus = await startServiceBus({ data, queues: [{ name: "q" }] });
    expect(bus.port).toBeGreaterThan(0);
    await expect(startServiceBus({ data })).rejects.toThrow(StoreLockedError);
    await expect(startServiceBus({ data })).rejects.toThrow(data);
  });

  test("is not touched where it is damaged", async () => {
    await withBus({ queues: [{ name: "q" }] }, async (client) => {
      await client.createSender("q").sendMessages(Array.from({ length: 200 }, () => ({ body: "x".repeat(1000) })));
    });
    const file = join(data, "service-bus.sqlite");
    const bytes = await readFile(file);
    for (let page = 2; page < 20; page++) bytes.fill(0xa5, page * 4096, page * 4096 + 64);
    await writeFile(file, bytes);
    await expect(startServiceBus({ data })).rejects.toThrow(StoreCorruptError);
    expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
  });

  test("is refused where its file is something else altogether", async () => {
    await writeFile(
      join(data, "service-bus.sqlite"),
      "this is not a database, and long enough to be looked at".repeat(50),
    );
    await expect(startServiceBus({ data })).rejects.toThrow(StoreCorruptError);
  });

  test("keeps nothing of what was completed", async () => {
    await withBus({ queues: [{ name: "q" }], synchronous: "NORMAL" }, async (client) => {
      await client.createSender("q").sendMessages([{ body: 1 }, { body: 2 }]);
      const receiver = client.createReceiver("q");
      for (const message of await receiver.receiveMessages(2)) await receiver.completeMessage(message);
    });
    expect((await stat(join(data, "service-bus.sqlite"))).size).toBeGreaterThan(0);
    await withBus({}, async (client) => {
      expect(await client.createReceiver("q").peekMessages(1)).toEqual([]);
    });
  });
});
