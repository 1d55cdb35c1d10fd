import { parseIsoDuration, type QueueName, type QueueTopology, queues } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterFailure } from "./retry.ts";
import { PermanentError, TransientError } from "./transient.ts";

const now = new Date("2026-11-23T09:00:00Z");

describe("after a failure", () => {
  const table: Readonly<Record<QueueName, QueueTopology>> = queues;
  const at = (
    attempt: number,
    error: unknown = new TransientError("busy"),
    schedule: Pick<QueueTopology, "retryDelays"> = queues["train-model"],
  ) => {
    const next = afterFailure(error, attempt, now, schedule);
    return next.kind === "retry" ? next.notBefore.getTime() - now.getTime() : "fail";
  };

  test("the wait doubles from two seconds to a minute, and the eighth attempt is the last", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => at(attempt))).toEqual([
      2_000,
      4_000,
      8_000,
      16_000,
      32_000,
      60_000,
      60_000,
      "fail",
    ]);
  });

  test.each(Object.entries(table))("the waits of %s are over before its messages are too old", (_, queue) => {
    const waits = queue.retryDelays.map((__, index) => Number(at(index + 1, undefined, queue)));
    const sum = waits.reduce((all, wait) => all + wait, 0);
    expect(sum).toBeLessThan(parseIsoDuration(queue.defaultMessageTimeToLive) ?? 0);
  });

  test("the queue's own schedule decides, its length being the number of retries", () => {
    const schedule = { retryDelays: ["PT1S", "PT1H"] };
    expect([1, 2, 3].map((attempt) => at(attempt, undefined, schedule))).toEqual([1_000, 3_600_000, "fail"]);
    expect(at(1, undefined, { retryDelays: [] })).toBe("fail");
  });

  test("an error that cannot pass is not tried again, at whatever attempt", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => at(attempt, new PermanentError("no")) === "fail"),
    );
  });

  test.each(Object.keys(queues) as QueueName[])(
    "of %s every wait can be read, and none is shorter than the one before",
    (queue) => {
      const waits = table[queue].retryDelays.map((_, index) => Number(at(index + 1, undefined, table[queue])));
      expect(waits).toEqual([...waits].sort((a, b) => a - b));
      expect(waits.every((wait) => wait > 0)).toBe(true);
    },
  );
});
