import { expect, test, vi } from "vitest";
import { briefLockSeconds } from "./kinds.ts";
import { bodies, receiveAll, receiveOne, receiveRest } from "./receive.ts";
import { behaviours } from "./target.ts";

behaviours("Settling", (target) => {
  test("forgets a message that was completed", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages({ body: "done" });
    const receiver = target.client.createReceiver(queue);
    await receiver.completeMessage(await receiveOne(receiver));
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("forgets a message as soon as it is received where the receiver asks for that", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = target.client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    expect(bodies(await receiveAll(receiver, 2))).toEqual([1, 2]);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("shows a locked message to no other receiver", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages([{ body: "a" }, { body: "b" }]);
    const first = target.client.createReceiver(queue);
    const second = target.client.createReceiver(queue);
    expect((await receiveOne(first)).body).toBe("a");
    expect((await receiveOne(second)).body).toBe("b");
    expect(await receiveRest(second)).toEqual([]);
  });

  test("gives an abandoned message out again, counted and with the properties that were set", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages({ body: "again", applicationProperties: { kept: 1 } });
    const receiver = target.client.createReceiver(queue);
    await receiver.abandonMessage(await receiveOne(receiver), { attempt: "first" });
    const second = await receiveOne(receiver);
    expect(second.deliveryCount).toBe(1);
    expect(second.applicationProperties).toEqual({ kept: 1, attempt: "first" });
    await receiver.completeMessage(second);
  });

  test("keeps the order of messages that were abandoned", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    const receiver = target.client.createReceiver(queue);
    for (const message of [...(await receiveAll(receiver, 3))].reverse()) await receiver.abandonMessage(message);
    expect(bodies(await receiveAll(receiver, 3))).toEqual([1, 2, 3]);
  });

  test("keeps a deferred message for whoever knows its number", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages({ body: "put aside" });
    const receiver = target.client.createReceiver(queue);
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message, { why: "not yet" });
    expect(await receiveRest(receiver)).toEqual([]);
    const [peeked] = await receiver.peekMessages(1);
    expect(peeked?.state).toBe("deferred");
    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? []);
    expect(deferred).toMatchObject({ body: "put aside", deliveryCount: 1, applicationProperties: { why: "not yet" } });
    if (deferred) await receiver.completeMessage(deferred);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("leaves a deferred message deferred when it is abandoned", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages({ body: "put aside" });
    const receiver = target.client.createReceiver(queue);
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? []);
    if (deferred) await receiver.abandonMessage(deferred);
    expect(await receiveRest(receiver)).toEqual([]);
    const [again] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? []);
    expect(again?.deliveryCount).toBe(2);
    if (again) await receiver.completeMessage(again);
  });

  test("says that a deferred message is not there", async () => {
    const receiver = target.client.createReceiver(await target.queue());
    const [number] = await target.client
      .createSender(receiver.entityPath)
      .scheduleMessages({ body: 1 }, new Date(Date.now() + 60_000));
    await expect(receiver.receiveDeferredMessages(number ?? [])).rejects.toMatchObject({ code: "MessageNotFound" });
  });

  test("peeks at messages in any state without touching them", async () => {
    const queue = await target.queue();
    const sender = target.client.createSender(queue);
    await sender.sendMessages([{ body: "deferred" }, { body: "locked" }, { body: "active" }]);
    await sender.scheduleMessages({ body: "scheduled" }, new Date(Date.now() + 60_000));
    const receiver = target.client.createReceiver(queue);
    const [first] = await receiveAll(receiver, 2);
    if (first) await receiver.deferMessage(first);
    const peeked = await receiver.peekMessages(10);
    expect(bodies(peeked)).toEqual(["deferred", "locked", "active", "scheduled"]);
    expect(peeked.map(({ state }) => state)).toEqual(["deferred", "active", "active", "scheduled"]);
    const [third] = peeked.slice(2);
    expect(
      bodies(await receiver.peekMessages(1, { fromSequenceNumber: third?.sequenceNumber ?? first?.sequenceNumber })),
    ).toEqual(["active"]);
  });

  test("gives a message out again when its lock has run out, and refuses the late settlement", async () => {
    const queue = await target.queue("brief");
    await target.client.createSender(queue).sendMessages({ body: "slow" });
    const receiver = target.client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    const late = await receiveOne(receiver);
    const again = await receiveOne(receiver);
    expect(again.deliveryCount).toBe(1);
    await expect(receiver.completeMessage(late)).rejects.toMatchObject({ code: "MessageLockLost" });
    await receiver.completeMessage(again);
  });

  test("holds a message longer when its lock is renewed", async () => {
    const queue = await target.queue("brief");
    await target.client.createSender(queue).sendMessages({ body: "held" });
    const receiver = target.client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    const message = await receiveOne(receiver);
    const first = message.lockedUntilUtc?.getTime() ?? 0;
    const renewed = await vi.waitUntil(
      async () => {
        const until = (await receiver.renewMessageLock(message)).getTime();
        return until >= first + (briefLockSeconds * 1000) / 2 ? until : undefined;
      },
      { timeout: 15_000 },
    );
    await vi.waitUntil(() => Date.now() > first, { timeout: 15_000 });
    expect(renewed).toBeGreaterThan(first);
    await receiver.completeMessage(message);
  });

  test("settles by the management link where the receiver's link is gone", async () => {
    const queue = await target.queue();
    await target.client.createSender(queue).sendMessages({ body: "outlived" });
    const first = target.client.createReceiver(queue);
    const message = await receiveOne(first);
    await first.close();
    const second = target.client.createReceiver(queue);
    await second.completeMessage(message);
    expect(await second.peekMessages(1)).toEqual([]);
  });
});
