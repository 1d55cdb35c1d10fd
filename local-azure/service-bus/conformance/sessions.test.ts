import { expect, test } from "vitest";
import { bodies, receiveAll, receiveOne } from "./receive.ts";
import { behaviours } from "./target.ts";

behaviours("Sessions", (target) => {
  test("gives a session's messages, in order, to the one receiver that holds it", async () => {
    const queue = await target.queue("sessions");
    await target.client.createSender(queue).sendMessages([
      { body: 1, sessionId: "a" },
      { body: "other", sessionId: "b" },
      { body: 2, sessionId: "a" },
    ]);
    const session = await target.client.acceptSession(queue, "a");
    const messages = await receiveAll(session, 2);
    expect(bodies(messages)).toEqual([1, 2]);
    expect(messages.map(({ sessionId }) => sessionId)).toEqual(["a", "a"]);
    for (const message of messages) await session.completeMessage(message);
    await session.close();
  });

  test("refuses a session that another receiver holds, until that one lets go", async () => {
    const queue = await target.queue("sessions");
    const holder = await target.client.acceptSession(queue, "held");
    await expect(target.client.acceptSession(queue, "held")).rejects.toMatchObject({ code: "SessionCannotBeLocked" });
    await holder.close();
    await (await target.client.acceptSession(queue, "held")).close();
  });

  test("gives whoever asks for the next session one that nobody holds", async () => {
    const queue = await target.queue("sessions");
    await target.client.createSender(queue).sendMessages([
      { body: 1, sessionId: "one" },
      { body: 2, sessionId: "two" },
    ]);
    const first = await target.client.acceptNextSession(queue);
    const second = await target.client.acceptNextSession(queue);
    expect([first.sessionId, second.sessionId].sort()).toEqual(["one", "two"]);
    expect(first.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now());
    await first.close();
    await second.close();
  });

  test("keeps a receiver waiting until there is a session with messages", async () => {
    const queue = await target.queue("sessions");
    const waiting = target.client.acceptNextSession(queue);
    await target.client.createSender(queue).sendMessages({ body: "at last", sessionId: "late" });
    const session = await waiting;
    expect(session.sessionId).toBe("late");
    const message = await receiveOne(session);
    await session.completeMessage(message);
    await session.close();
  });

  test("keeps a session's state from one holder to the next", async () => {
    const queue = await target.queue("sessions");
    const first = await target.client.acceptSession(queue, "stateful");
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ step: 2 });
    await first.close();
    const second = await target.client.acceptSession(queue, "stateful");
    expect(await second.getSessionState()).toEqual({ step: 2 });
    await second.setSessionState(null);
    expect(await second.getSessionState()).toBeNull();
    await second.close();
  });

  test("does not count a delivery when the holder of a session goes away", async () => {
    const queue = await target.queue("sessions");
    await target.client.createSender(queue).sendMessages({ body: "left", sessionId: "s" });
    const first = await target.client.acceptSession(queue, "s");
    await receiveOne(first);
    await first.close();
    const second = await target.client.acceptSession(queue, "s");
    const message = await receiveOne(second);
    expect(message.deliveryCount).toBe(0);
    await second.completeMessage(message);
    await second.close();
  });

  test("takes a session from its holder when the lock has run out", async () => {
    const queue = await target.queue("briefSessions");
    await target.client.createSender(queue).sendMessages({ body: "slow", sessionId: "s" });
    const first = await target.client.acceptSession(queue, "s", { maxAutoLockRenewalDurationInMs: 0 });
    const late = await receiveOne(first);
    const second = await target.client.acceptNextSession(queue);
    const again = await receiveOne(second);
    expect(again.deliveryCount).toBe(1);
    await expect(first.completeMessage(late)).rejects.toMatchObject({ code: "SessionLockLost" });
    await second.completeMessage(again);
    await second.close();
  });

  test("defers within a session", async () => {
    const queue = await target.queue("sessions");
    await target.client.createSender(queue).sendMessages({ body: "aside", sessionId: "s" });
    const session = await target.client.acceptSession(queue, "s");
    const message = await receiveOne(session);
    await session.deferMessage(message);
    const [deferred] = await session.receiveDeferredMessages(message.sequenceNumber ?? []);
    expect(deferred?.body).toBe("aside");
    if (deferred) await session.completeMessage(deferred);
    expect(await session.peekMessages(1)).toEqual([]);
    await session.close();
  });

  test("refuses a message without a session", async () => {
    const queue = await target.queue("sessions");
    await expect(target.client.createSender(queue).sendMessages({ body: "homeless" })).rejects.toThrow(/SessionId/);
  });

  test("refuses a receiver that asks for no session where there must be one, and the other way round", async () => {
    const sessions = await target.queue("sessions");
    await expect(target.client.createReceiver(sessions).receiveMessages(1)).rejects.toThrow(/session/i);
    await expect(target.client.acceptSession(await target.queue(), "s")).rejects.toThrow(/session/i);
  });

  test("renews a session's lock", async () => {
    const queue = await target.queue("sessions");
    const session = await target.client.acceptSession(queue, "s");
    const before = session.sessionLockedUntilUtc.getTime();
    expect((await session.renewSessionLock()).getTime()).toBeGreaterThanOrEqual(before);
    await session.close();
  });
});
