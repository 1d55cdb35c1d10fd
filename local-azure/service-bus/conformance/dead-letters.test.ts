import { expect, test } from "vitest";
import { bodies, receiveOne } from "./receive.ts";
import { behaviours } from "./target.ts";

behaviours("Dead letters", (target) => {
  test("puts a message aside with its reason, its description and the properties that were set", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages({ body: "bad", applicationProperties: { kept: true } });
    const receiver = target.client.createReceiver(queue);
    const message = await receiveOne(receiver);
    await receiver.deadLetterMessage(message, {
      deadLetterReason: "broken",
      deadLetterErrorDescription: "cannot be read",
      seenBy: "a test",
    });
    const letters = target.client.createReceiver(queue, { subQueueType: "deadLetter" });
    const letter = await receiveOne(letters);
    expect(letter).toMatchObject({
      body: "bad",
      deadLetterReason: "broken",
      deadLetterErrorDescription: "cannot be read",
      messageId: message.messageId,
    });
    expect(letter.sequenceNumber?.equals(message.sequenceNumber ?? 0)).toBe(true);
    expect(letter.applicationProperties).toMatchObject({ kept: true, seenBy: "a test" });
    await letters.completeMessage(letter);
    expect(await letters.peekMessages(1)).toEqual([]);
  });

  test("takes a message that was given out too often", async () => {
    const queue = await target.queue("brief");
    await target.client.createSender(queue).sendMessages({ body: "poison" });
    const receiver = target.client.createReceiver(queue);
    for (let attempt = 0; attempt < 3; attempt++) {
      const message = await receiveOne(receiver);
      expect(message.deliveryCount).toBe(attempt);
      await receiver.abandonMessage(message);
    }
    const letters = target.client.createReceiver(queue, {
      subQueueType: "deadLetter",
      receiveMode: "receiveAndDelete",
    });
    const letter = await receiveOne(letters);
    expect(letter.deadLetterReason).toBe("MaxDeliveryCountExceeded");
    expect(letter.deliveryCount).toBe(3);
  });

  test("takes a message that has expired where the queue asks for that", async () => {
    const queue = await target.queue("expiring");
    await target.client.createSender(queue).sendMessages({ body: "stale" });
    const letters = target.client.createReceiver(queue, {
      subQueueType: "deadLetter",
      receiveMode: "receiveAndDelete",
    });
    const letter = await receiveOne(letters);
    expect(letter.deadLetterReason).toBe("TTLExpiredException");
  });

  test("drops an expired message where the queue does not ask for dead letters", async () => {
    const queue = await target.queue();
    const sender = target.client.createSender(queue);
    await sender.sendMessages({ body: "short-lived", timeToLive: 1 });
    await sender.sendMessages({ body: "lasting" });
    const receiver = target.client.createReceiver(queue);
    const first = await receiveOne(receiver);
    expect(first.body).toBe("lasting");
    await receiver.completeMessage(first);
    const letters = target.client.createReceiver(queue, { subQueueType: "deadLetter" });
    expect(await letters.peekMessages(1)).toEqual([]);
  });

  test("never counts deliveries of what is dead-lettered already", async () => {
    const queue = await target.queue("brief");
    await target.client.createSender(queue).sendMessages({ body: "bad" });
    const receiver = target.client.createReceiver(queue);
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const letters = target.client.createReceiver(queue, { subQueueType: "deadLetter" });
    for (let attempt = 0; attempt < 4; attempt++) await letters.abandonMessage(await receiveOne(letters));
    expect((await receiveOne(letters)).deliveryCount).toBe(0);
  });

  test("lets a dead letter be deferred and found again", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages({ body: "bad" });
    const receiver = target.client.createReceiver(queue);
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const letters = target.client.createReceiver(queue, { subQueueType: "deadLetter" });
    const letter = await receiveOne(letters);
    await letters.deferMessage(letter);
    const found = await letters.receiveDeferredMessages(letter.sequenceNumber ?? []);
    expect(bodies(found)).toEqual(["bad"]);
    for (const message of found) await letters.completeMessage(message);
  });
});
