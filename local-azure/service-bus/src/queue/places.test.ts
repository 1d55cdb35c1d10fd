import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTestQueue, testArrival } from "../testing/test-queue.ts";
import { arrive, cancelScheduled } from "./arrive.ts";
import { lockDeferred, peek } from "./inspect.ts";
import type { MessageLock, SessionLock } from "./locks.ts";
import { acceptNextSession, releaseSession } from "./sessions.ts";
import { type Outcome, renew, settle } from "./settle.ts";
import type { QueueState } from "./state.ts";
import { takeAway, takeLocked } from "./take.ts";
import { tick } from "./tick.ts";

type Step =
  | { readonly do: "send"; readonly session: string; readonly life: number; readonly delay: number }
  | { readonly do: "lock" | "take" | "renew" | "cancel" | "accept" | "release" | "lock-deferred" }
  | { readonly do: "settle"; readonly outcome: Outcome["kind"] }
  | { readonly do: "wait"; readonly milliseconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      session: fc.constantFrom("x", "y"),
      life: fc.constantFrom(50, 10_000),
      delay: fc.constantFrom(0, 0, 30),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "lock" as const,
        "take" as const,
        "renew" as const,
        "cancel" as const,
        "accept" as const,
        "release" as const,
        "lock-deferred" as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      outcome: fc.constantFrom("complete" as const, "abandon" as const, "defer" as const, "dead-letter" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), milliseconds: fc.integer({ min: 1, max: 120 }) }),
  },
);

/** Drives a queue as any clients might, and counts what came in and what went out. */
class Driver {
  readonly queue: QueueState;
  readonly deadLetters: readonly unknown[];
  readonly locks: MessageLock[] = [];
  sessions: SessionLock[] = [];
  now = 1000;
  sent = 0;
  completed = 0;

  constructor(requiresSession: boolean) {
    const { queue, deadLetters } = createTestQueue({
      requiresSession,
      lockDuration: 100,
      maxDeliveryCount: 3,
      deadLetterOnExpiry: true,
    });
    this.queue = queue;
    this.deadLetters = deadLetters;
  }

  run(next: Step): void {
    const session = this.sessions.at(-1);
    if (this.queue.settings.requiresSession && !session && ["lock", "take", "lock-deferred"].includes(next.do)) return;
    switch (next.do) {
      case "send": {
        const scheduledFor = next.delay > 0 ? this.now + next.delay : undefined;
        arrive(
          this.queue,
          { ...testArrival(`m${this.sent++}`, next.session), timeToLive: next.life, scheduledFor },
          this.now,
        );
        return;
      }
      case "lock": {
        const lock = session?.released ? undefined : takeLocked(this.queue, session, this.now);
        if (lock) this.locks.push(lock);
        return;
      }
      case "take":
        if (!session?.released && takeAway(this.queue, session, this.now)) this.completed++;
        return;
      case "settle":
        this.#tryTo(() => {
          const lock = this.locks.shift();
          if (!lock) return;
          const changes = new Map<string, Buffer>();
          settle(this.queue, lock, { kind: next.outcome, changes }, this.now);
          if (next.outcome === "complete") this.completed++;
        });
        return;
      case "renew":
        this.#tryTo(() => this.locks[0] && !this.locks[0].session && renew(this.queue, this.locks[0], this.now));
        return;
      case "cancel": {
        const scheduled = peek(this.queue, 0, 1000, undefined).find(({ place }) => place === "scheduled");
        if (!scheduled) return;
        cancelScheduled(this.queue, [scheduled.sequenceNumber]);
        this.completed++;
        return;
      }
      case "lock-deferred": {
        const [first] = this.queue.deferred.keys();
        if (first !== undefined)
          this.#tryTo(() => this.locks.push(...lockDeferred(this.queue, [first], session, this.now)));
        return;
      }
      case "accept": {
        const accepted = acceptNextSession(this.queue, () => {}, this.now);
        if (accepted) this.sessions.push(accepted);
        return;
      }
      case "release": {
        const last = this.sessions.pop();
        if (last) releaseSession(this.queue, last, false, this.now);
        return;
      }
      case "wait":
        this.now += next.milliseconds;
        tick(this.queue, this.now);
        this.sessions = this.sessions.filter(({ released }) => !released);
    }
  }

  #tryTo(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof Error) || !/LockLost|MessageNotFound/.test(error.name)) throw error;
    }
  }
}

function requireSound({ queue, sent, completed, deadLetters }: Driver): void {
  const { active, locked, deferred, scheduled } = queue.counts;
  expect(active + locked + deferred + scheduled + completed + deadLetters.length).toBe(sent);
  const records = peek(queue, 0, Number.MAX_SAFE_INTEGER, undefined);
  expect(records).toHaveLength(active + locked + deferred + scheduled);
  for (const place of ["active", "locked", "deferred", "scheduled"] as const) {
    expect(records.filter((record) => record.place === place)).toHaveLength(queue.counts[place]);
  }
  const sessionLocks = [...queue.heldSessions].reduce((sum, { locks }) => sum + locks.size, 0);
  expect(queue.locks.size + sessionLocks).toBe(locked);
  expect(queue.deferred.size).toBe(deferred);
  expect(queue.schedule.size).toBe(scheduled);
  expect(queue.sizeInBytes).toBe(records.reduce((sum, { size }) => sum + size, 0));
  const numbers = records.map(({ sequenceNumber }) => sequenceNumber);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
}

describe.each([false, true])("Whatever clients do (sessions: %s)", (requiresSession) => {
  test("every message is in exactly one place: active, locked, deferred, scheduled, dead-lettered or gone", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const driver = new Driver(requiresSession);
        for (const next of steps) {
          driver.run(next);
          requireSound(driver);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("every message that is neither completed nor dead-lettered can still be received", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const driver = new Driver(requiresSession);
        for (const next of steps) driver.run(next);
        while (driver.sessions.length > 0) driver.run({ do: "release" });
        driver.run({ do: "wait", milliseconds: 200 }); // every lock and every schedule has run out
        const { queue, now } = driver;
        const reachable = () => {
          if (!requiresSession) return takeAway(queue, undefined, now);
          for (
            let session = acceptNextSession(queue, () => {}, now);
            session;
            session = acceptNextSession(queue, () => {}, now)
          ) {
            const taken = takeAway(queue, session, now);
            releaseSession(queue, session, false, now);
            if (taken) return taken;
          }
          return undefined;
        };
        while (reachable()) driver.completed++;
        expect(queue.counts).toMatchObject({ active: 0, locked: 0, scheduled: 0 });
        requireSound(driver);
      }),
      { numRuns: 300 },
    );
  });
});
