import { describe, expect, test } from "vitest";
import { encodeString } from "../amqp/write.ts";
import { LockLostError, NotAllowedError, QuotaExceededError, SessionLockLostError } from "../errors.ts";
import { createTestQueue, testArrival } from "../testing/test-queue.ts";
import { arrive, cancelScheduled } from "./arrive.ts";
import { lockDeferred, peek } from "./inspect.ts";
import { acceptNextSession, acceptSession, releaseSession, renewSession, setSessionState } from "./sessions.ts";
import { findLock, renew, settle } from "./settle.ts";
import { takeAway, takeLocked } from "./take.ts";
import { nextDue, tick } from "./tick.ts";

const noChanges = new Map<string, Buffer>();

describe("A queue", () => {
  test("gives messages out in the order in which they came", () => {
    const { queue } = createTestQueue();
    for (const id of ["a", "b", "c"]) arrive(queue, testArrival(id), 0);
    expect(
      [takeAway(queue, undefined, 0), takeAway(queue, undefined, 0)].map((taken) => taken?.record.sequenceNumber),
    ).toEqual([1, 2]);
  });

  test("puts a message that returns before those that came after it", () => {
    const { queue } = createTestQueue();
    for (const id of ["a", "b", "c"]) arrive(queue, testArrival(id), 0);
    const first = takeLocked(queue, undefined, 0);
    takeLocked(queue, undefined, 0);
    if (first) settle(queue, first, { kind: "abandon", changes: noChanges }, 0);
    expect(takeLocked(queue, undefined, 0)?.record.sequenceNumber).toBe(1);
    expect(takeLocked(queue, undefined, 0)?.record.sequenceNumber).toBe(3);
  });

  test("takes a message back when its lock has run out, and not a moment before", () => {
    const { queue } = createTestQueue({ lockDuration: 1000 });
    arrive(queue, testArrival("a"), 0);
    const lock = takeLocked(queue, undefined, 0);
    expect(nextDue(queue)).toBe(1000);
    tick(queue, 999);
    expect(queue.counts.locked).toBe(1);
    tick(queue, 1000);
    expect(queue.counts).toMatchObject({ locked: 0, active: 1 });
    expect(() => lock && settle(queue, lock, { kind: "complete" }, 1000)).toThrow(LockLostError);
  });

  test("keeps a renewed lock beyond its first end, and lets others run out meanwhile", () => {
    const { queue } = createTestQueue({ lockDuration: 1000 });
    arrive(queue, testArrival("a"), 0);
    arrive(queue, testArrival("b"), 0);
    const kept = takeLocked(queue, undefined, 0);
    takeLocked(queue, undefined, 0);
    if (kept) expect(renew(queue, findLock(queue, kept.token, undefined, 500), 500)).toBe(1500);
    tick(queue, 1200);
    expect(queue.counts).toMatchObject({ locked: 1, active: 1 });
  });

  test("dead-letters after as many failed deliveries as are allowed", () => {
    const { queue, deadLetters } = createTestQueue({ maxDeliveryCount: 2 });
    arrive(queue, testArrival("a"), 0);
    for (let attempt = 0; attempt < 2; attempt++) {
      const lock = takeLocked(queue, undefined, 0);
      if (lock) settle(queue, lock, { kind: "abandon", changes: noChanges }, 0);
    }
    expect(takeLocked(queue, undefined, 0)).toBeUndefined();
    expect(deadLetters).toHaveLength(1);
    expect(deadLetters[0]?.content.toString("latin1")).toContain("MaxDeliveryCountExceeded");
  });

  test("lets expired messages go without a receiver asking", () => {
    const { queue, deadLetters } = createTestQueue({ timeToLive: 100, deadLetterOnExpiry: true });
    arrive(queue, testArrival("a"), 0);
    arrive(queue, testArrival("b"), 50);
    tick(queue, 100);
    expect(deadLetters).toHaveLength(1);
    tick(queue, 160);
    expect(deadLetters).toHaveLength(2);
    expect(queue.sizeInBytes).toBe(0);
  });

  test("takes the shorter of a message's own life and the queue's", () => {
    const { queue } = createTestQueue({ timeToLive: 100 });
    arrive(queue, { ...testArrival("a"), timeToLive: 10 }, 0);
    arrive(queue, { ...testArrival("b"), timeToLive: 1000 }, 0);
    tick(queue, 10);
    expect(peek(queue, 0, 10, undefined)).toHaveLength(1);
    tick(queue, 100);
    expect(peek(queue, 0, 10, undefined)).toHaveLength(0);
  });

  test("makes a scheduled message active in its time with a new number", () => {
    const { queue } = createTestQueue();
    expect(arrive(queue, { ...testArrival("later"), scheduledFor: 100 }, 0)).toBe(1);
    arrive(queue, testArrival("now"), 0);
    tick(queue, 99);
    expect(queue.counts).toMatchObject({ scheduled: 1, active: 1 });
    tick(queue, 100);
    expect(peek(queue, 0, 10, undefined).map(({ sequenceNumber }) => sequenceNumber)).toEqual([2, 3]);
  });

  test("cancels all scheduled messages that are named or none", () => {
    const { queue } = createTestQueue();
    const number = arrive(queue, { ...testArrival("later"), scheduledFor: 100 }, 0);
    expect(() => cancelScheduled(queue, [number, 99])).toThrow("99");
    expect(queue.counts.scheduled).toBe(1);
    cancelScheduled(queue, [number]);
    tick(queue, 200);
    expect(queue.counts).toMatchObject({ scheduled: 0, active: 0 });
  });

  test("remembers ids within the window of duplicate detection and forgets them after it", () => {
    const { queue } = createTestQueue({ duplicateWindow: 100 });
    for (const now of [0, 50, 99]) arrive(queue, testArrival("same"), now);
    expect(queue.counts.active).toBe(1);
    tick(queue, 100);
    arrive(queue, testArrival("same"), 100);
    expect(queue.counts.active).toBe(2);
  });

  test("refuses what does not fit", () => {
    const size = testArrival("a").content.length;
    const { queue } = createTestQueue({ maxSizeInBytes: size });
    arrive(queue, testArrival("a"), 0);
    expect(() => arrive(queue, testArrival("b"), 0)).toThrow(QuotaExceededError);
    takeAway(queue, undefined, 0);
    arrive(queue, testArrival("b"), 0);
  });

  test("gives back, and does not dead-letter, what is dead-lettered in a dead-letter queue", () => {
    const { queue } = createTestQueue({ isDeadLetterQueue: true });
    arrive(queue, testArrival("a"), 0);
    const lock = takeLocked(queue, undefined, 0);
    expect(() => lock && settle(queue, lock, { kind: "dead-letter", changes: noChanges }, 0)).toThrow(NotAllowedError);
    expect(queue.counts).toMatchObject({ active: 1, locked: 0 });
  });

  test("keeps the changes that an abandoning receiver made", () => {
    const { queue } = createTestQueue();
    arrive(queue, testArrival("a"), 0);
    const lock = takeLocked(queue, undefined, 0);
    if (lock) settle(queue, lock, { kind: "abandon", changes: new Map([["why", encodeString("tired")]]) }, 0);
    expect(takeAway(queue, undefined, 0)?.content.toString("latin1")).toContain("tired");
    expect(queue.sizeInBytes).toBe(0);
  });

  test("locks a deferred message for one receiver at a time", () => {
    const { queue } = createTestQueue();
    arrive(queue, testArrival("a"), 0);
    const lock = takeLocked(queue, undefined, 0);
    if (lock) settle(queue, lock, { kind: "defer", changes: noChanges }, 0);
    expect(takeLocked(queue, undefined, 0)).toBeUndefined();
    expect(lockDeferred(queue, [1], undefined, 0)).toHaveLength(1);
    expect(() => lockDeferred(queue, [1], undefined, 0)).toThrow("1");
  });
});

describe("A queue with sessions", () => {
  const withSessions = () => createTestQueue({ requiresSession: true, lockDuration: 1000 }).queue;
  const nobody = () => {};

  test("gives the session that has waited longest to whoever asks for the next", () => {
    const queue = withSessions();
    arrive(queue, testArrival("1", "x"), 0);
    arrive(queue, testArrival("2", "y"), 0);
    expect(acceptNextSession(queue, nobody, 0)?.session.id).toBe("x");
    expect(acceptNextSession(queue, nobody, 0)?.session.id).toBe("y");
    expect(acceptNextSession(queue, nobody, 0)).toBeUndefined();
  });

  test("counts a failed delivery when a session's lock runs out and tells its holder", () => {
    const queue = withSessions();
    arrive(queue, testArrival("1", "x"), 0);
    let lost = 0;
    const session = acceptSession(queue, "x", () => lost++, 0);
    const lock = takeLocked(queue, session, 0);
    tick(queue, 1000);
    expect(lost).toBe(1);
    expect(lock?.record.deliveryCount).toBe(1);
    expect(() => lock && settle(queue, lock, { kind: "complete" }, 1000)).toThrow(SessionLockLostError);
  });

  test("counts nothing when its holder lets a session go", () => {
    const queue = withSessions();
    arrive(queue, testArrival("1", "x"), 0);
    const session = acceptSession(queue, "x", nobody, 0);
    const lock = takeLocked(queue, session, 0);
    releaseSession(queue, session, false, 10);
    expect(lock?.record).toMatchObject({ deliveryCount: 0, place: "active" });
    expect(acceptNextSession(queue, nobody, 10)?.session.id).toBe("x");
  });

  test("holds all messages of a session for as long as its lock is renewed", () => {
    const queue = withSessions();
    arrive(queue, testArrival("1", "x"), 0);
    const session = acceptSession(queue, "x", nobody, 0);
    const lock = takeLocked(queue, session, 0);
    expect(renewSession(queue, "x", 900)).toBe(1900);
    tick(queue, 1500);
    if (lock) settle(queue, lock, { kind: "complete" }, 1500);
    expect(queue.counts).toMatchObject({ active: 0, locked: 0 });
  });

  test("forgets a session that has neither messages nor state nor a holder", () => {
    const queue = withSessions();
    const session = acceptSession(queue, "x", nobody, 0);
    setSessionState(queue, "x", Buffer.from("state"), 0);
    releaseSession(queue, session, false, 0);
    expect(queue.sessions.size).toBe(1);
    setSessionState(queue, "x", undefined, 0);
    expect(queue.sessions.size).toBe(0);
  });

  test("does not mix the messages of its sessions", () => {
    const queue = withSessions();
    for (const [id, session] of [
      ["1", "x"],
      ["2", "y"],
      ["3", "x"],
    ] as const)
      arrive(queue, testArrival(id, session), 0);
    const held = acceptSession(queue, "x", nobody, 0);
    const taken = [takeAway(queue, held, 0), takeAway(queue, held, 0), takeAway(queue, held, 0)];
    expect(taken.map((message) => message?.record.sessionId)).toEqual(["x", "x", undefined]);
  });
});
