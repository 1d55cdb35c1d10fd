import { expect, test, vi } from "vitest";
import { bodies, receiveAll, receiveOne, receiveRest } from "./receive.ts";
import { behaviours } from "./target.ts";

behaviours("Sending", (target) => {
  test("keeps every property that a message was sent with", async () => {
    const queue = await target.queue();
    const sent = {
      body: { nested: [1, "two", true] },
      messageId: "id-1",
      correlationId: "correlation",
      subject: "subject",
      to: "to",
      replyTo: "reply-to",
      replyToSessionId: "reply-to-session",
      contentType: "application/json",
      partitionKey: "partition",
      timeToLive: 60_000,
      applicationProperties: { text: "a", whole: 7, broken: 1.5, yes: true },
    };
    await target.client.createSender(queue).sendMessages(sent);
    const receiver = target.client.createReceiver(queue);
    const received = await receiveOne(receiver);
    expect(received).toMatchObject(sent);
    expect(received.sequenceNumber?.toNumber()).toBe(1);
    expect(received.deliveryCount).toBe(0);
    expect(received.state).toBe("active");
    expect(Date.now() - (received.enqueuedTimeUtc?.getTime() ?? 0)).toBeLessThan(60_000);
    expect(received.expiresAtUtc?.getTime()).toBe((received.enqueuedTimeUtc?.getTime() ?? 0) + 60_000);
    await receiver.completeMessage(received);
  });

  test("keeps the bytes of a binary body", async () => {
    const queue = await target.queue();
    const body = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
    await target.client.createSender(queue).sendMessages({ body });
    const receiver = target.client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    expect(Buffer.compare((await receiveOne(receiver)).body, body)).toBe(0);
  });

  test("delivers the messages of a batch in their order", async () => {
    const queue = await target.queue();
    const sender = target.client.createSender(queue);
    const batch = await sender.createMessageBatch();
    for (let index = 0; index < 50; index++) expect(batch.tryAddMessage({ body: index })).toBe(true);
    await sender.sendMessages(batch);
    const receiver = target.client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    expect(bodies(await receiveAll(receiver, 50))).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  test("tells the limit of a message's size, so that a batch refuses what would not fit", async () => {
    const sender = target.client.createSender(await target.queue());
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBeGreaterThanOrEqual(256 * 1024);
    expect(batch.tryAddMessage({ body: Buffer.alloc(batch.maxSizeInBytes + 1) })).toBe(false);
  });

  test("refuses a message that is too large, and takes the next one", async () => {
    const queue = await target.queue();
    const sender = target.client.createSender(queue);
    await expect(sender.sendMessages({ body: Buffer.alloc(2 * 1024 * 1024) })).rejects.toMatchObject({
      code: "MessageSizeExceeded",
    });
    await sender.sendMessages({ body: "small" });
    const receiver = target.client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    expect((await receiveOne(receiver)).body).toBe("small");
  });

  test("says which entity it does not know", async () => {
    await expect(target.client.createSender("no-such-queue").sendMessages({ body: 1 })).rejects.toMatchObject({
      code: "MessagingEntityNotFound",
    });
    await expect(target.client.createReceiver("no-such-queue").receiveMessages(1)).rejects.toMatchObject({
      code: "MessagingEntityNotFound",
    });
  });

  test("drops a message whose id it has seen within the window, and says nothing of it", async () => {
    const queue = await target.queue("duplicates");
    const sender = target.client.createSender(queue);
    await sender.sendMessages({ body: "first", messageId: "same" });
    await sender.sendMessages({ body: "second", messageId: "same" });
    await sender.sendMessages([{ body: "other", messageId: "other" }]);
    const receiver = target.client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    expect(bodies(await receiveAll(receiver, 2))).toEqual(["first", "other"]);
    expect(await receiveRest(receiver)).toEqual([]);
  });

  test("holds a scheduled message back until its time, and numbers it anew then", async () => {
    const queue = await target.queue();
    const due = new Date(Date.now() + 2500);
    const [scheduled] = await target.client.createSender(queue).scheduleMessages({ body: "later" }, due);
    const receiver = target.client.createReceiver(queue);
    const [peeked] = await receiver.peekMessages(1);
    expect(peeked?.state).toBe("scheduled");
    expect(peeked?.scheduledEnqueueTimeUtc?.getTime()).toBe(due.getTime());
    const received = await receiveOne(receiver);
    expect(Date.now()).toBeGreaterThanOrEqual(due.getTime() - 50);
    expect(received.body).toBe("later");
    expect(received.sequenceNumber?.greaterThan(scheduled ?? 0)).toBe(true);
    await receiver.completeMessage(received);
  });

  test("takes scheduled messages back", async () => {
    const queue = await target.queue();
    const sender = target.client.createSender(queue);
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], new Date(Date.now() + 60_000));
    await sender.cancelScheduledMessages(numbers);
    expect(await target.client.createReceiver(queue).peekMessages(10)).toEqual([]);
    await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject({ code: "MessageNotFound" });
  });

  test("hands messages to a subscriber as they come", async () => {
    const queue = await target.queue();
    const seen: unknown[] = [];
    const receiver = target.client.createReceiver(queue);
    const subscription = receiver.subscribe({
      processMessage: async (message) => void seen.push(message.body),
      processError: async ({ error }) => void seen.push(error),
    });
    const sender = target.client.createSender(queue);
    for (let index = 0; index < 20; index++) await sender.sendMessages({ body: index });
    await vi.waitFor(() => expect(seen).toHaveLength(20), { timeout: 15_000 });
    await subscription.close();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});
