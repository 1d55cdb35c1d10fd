import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ServiceBus } from "./service-bus.ts";
import { startTrustedBus } from "./testing/trusted-bus.ts";

let bus: ServiceBus;
let client: ServiceBusClient;
let administration: ServiceBusAdministrationClient;

beforeEach(async () => {
  bus = await startTrustedBus({
    topics: [{ name: "topic", subscriptions: [{ subscriptionName: "passing", forwardTo: "end" }] }],
    queues: [
      { name: "end" },
      { name: "letters" },
      { name: "start", forwardTo: "middle" },
      { name: "middle" },
      { name: "source", forwardDeadLetteredMessagesTo: "letters", maxDeliveryCount: 1 },
      { name: "loop", forwardTo: "back" },
      { name: "back" },
      { name: "small", maxMessageSizeInKilobytes: 1 },
      { name: "toSmall", forwardTo: "small" },
    ],
  });
  client = new ServiceBusClient(bus.connectionString);
  administration = new ServiceBusAdministrationClient(bus.connectionString);
});
afterEach(async () => {
  await client.close();
  await bus.close();
});

const send = (entity: string, message: Parameters<ReturnType<ServiceBusClient["createSender"]>["sendMessages"]>[0]) =>
  client.createSender(entity).sendMessages(message);
const receive = async (...source: [string] | [string, "deadLetter" | "transferDeadLetter"]) => {
  const [queue, subQueueType] = source;
  const receiver = client.createReceiver(queue, {
    receiveMode: "receiveAndDelete",
    ...(subQueueType && { subQueueType }),
  });
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  return message;
};

describe("Forwarding", () => {
  test("passes messages on to the queue named, telling the number they had first", async () => {
    await send("middle", { body: "before" });
    await send("start", { body: "passed", applicationProperties: { a: 1 } });
    await receive("middle");
    expect(await receive("middle")).toMatchObject({ body: "passed", applicationProperties: { a: 1 } });
  });

  test("passes the messages of a subscription on", async () => {
    await send("topic", { body: "through" });
    expect((await receive("end"))?.body).toBe("through");
  });

  test("sends dead letters on with the name of the entity that they come from", async () => {
    await send("source", { body: "bad" });
    const receiver = client.createReceiver("source");
    const [message] = await receiver.receiveMessages(1);
    if (message) await receiver.abandonMessage(message);
    const letter = await receive("letters");
    expect(letter).toMatchObject({
      body: "bad",
      deadLetterReason: "MaxDeliveryCountExceeded",
      deadLetterSource: "source",
    });
  });

  test("keeps a message in the transfer dead-letter queue where the way goes in circles", async () => {
    const back = await administration.getQueue("back");
    await administration.updateQueue({ ...back, forwardTo: "loop" });
    await send("loop", { body: "dizzy" });
    const found = (await receive("loop", "transferDeadLetter")) ?? (await receive("back", "transferDeadLetter"));
    expect(found).toMatchObject({ body: "dizzy", deadLetterReason: "MaxTransferHopCountExceeded" });
  });

  test("keeps a message in the transfer dead-letter queue where the target is gone, disabled or too small", async () => {
    await send("toSmall", { body: "x".repeat(4000) });
    expect((await receive("toSmall", "transferDeadLetter"))?.deadLetterErrorDescription).toMatch(/exceeds/);
    const middle = await administration.getQueue("middle");
    await administration.updateQueue({ ...middle, status: "SendDisabled" });
    await send("start", { body: "kept" });
    expect((await receive("start", "transferDeadLetter"))?.body).toBe("kept");
    await administration.deleteQueue("middle");
    await send("start", { body: "orphan" });
    const orphan = await receive("start", "transferDeadLetter");
    expect(orphan?.deadLetterErrorDescription).toMatch(/could not be found/);
  });

  test("passes on what was waiting when forwarding is turned on", async () => {
    await send("back", [{ body: 1 }, { body: 2 }]);
    const back = await administration.getQueue("back");
    await administration.updateQueue({ ...back, forwardTo: "end" });
    expect([(await receive("end"))?.body, (await receive("end"))?.body]).toEqual([1, 2]);
  });
});

describe("An entity's status", () => {
  test("stops senders, receivers or both, and lets them go on when it is active again", async () => {
    const queue = await administration.getQueue("end");
    await administration.updateQueue({ ...queue, status: "SendDisabled" });
    await expect(send("end", { body: 1 })).rejects.toMatchObject({ code: "MessagingEntityDisabled" });
    await administration.updateQueue({ ...queue, status: "ReceiveDisabled" });
    await send("end", { body: "kept" });
    await expect(receive("end")).rejects.toMatchObject({ code: "MessagingEntityDisabled" });
    await administration.updateQueue({ ...queue, status: "Disabled" });
    await expect(client.createSender("end").sendMessages({ body: 2 })).rejects.toMatchObject({
      code: "MessagingEntityDisabled",
    });
    await administration.updateQueue({ ...queue, status: "Active" });
    expect((await receive("end"))?.body).toBe("kept");
  });

  test("ends with the entity: who receives is told that it is gone", async () => {
    const errors: unknown[] = [];
    const told = new Promise<void>((resolve) => {
      client.createReceiver("end").subscribe({
        processMessage: async () => {},
        processError: async ({ error }) => {
          errors.push(error);
          resolve();
        },
      });
    });
    await send("end", { body: "opens the link" });
    await administration.deleteQueue("end");
    await told;
    expect(errors[0]).toMatchObject({ code: "MessagingEntityNotFound" });
  });
});
