import { parseIsoDuration, type QueueName, type QueueTopology, queues } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterFailure, type Schedule, type Tries } from "./retry.ts";
import { PermanentError, TransientError } from "./transient.ts";

const now = new Date("2026-11-23T09:00:00Z");
const busy = new TransientError("busy");
const forbidden = Object.assign(new Error("forbidden"), { statusCode: 403 });
const first: Tries = { attempt: 1, roleWaits: 0 };
const table: Readonly<Record<QueueName, QueueTopology>> = queues;

/** How long a message waits after each of these failures, in seconds, until one is final. */
function waits(errors: readonly unknown[], schedule: Schedule = queues["train-model"]): readonly (number | "fail")[] {
  const all: (number | "fail")[] = [];
  let tries = first;
  for (const error of errors) {
    const next = afterFailure(error, tries, now, schedule);
    if (next.kind === "fail") return [...all, "fail"];
    all.push((next.notBefore.getTime() - now.getTime()) / 1000);
    tries = next.as;
  }
  return all;
}
const times = (count: number, error: unknown): readonly unknown[] => Array.from({ length: count }, () => error);

describe("after a failure", () => {
  test("that passes soon the wait doubles from two seconds to a minute, and the eighth attempt is the last", () => {
    expect(waits(times(9, busy))).toEqual([2, 4, 8, 16, 32, 60, 60, "fail"]);
  });

  test("for want of a role the wait grows from a minute to an hour, and the sixth attempt is the last", () => {
    expect(waits(times(9, forbidden))).toEqual([60, 300, 900, 1_800, 3_600, "fail"]);
  });

  test("each kind of fault uses up its own delays, whatever came between", () => {
    expect(waits([busy, forbidden, busy, forbidden, busy])).toEqual([2, 60, 4, 300, 8]);
    expect(waits([...times(7, busy), ...times(5, forbidden), busy])).toEqual([
      2,
      4,
      8,
      16,
      32,
      60,
      60,
      60,
      300,
      900,
      1_800,
      3_600,
      "fail",
    ]);
    expect(waits([...times(5, forbidden), ...times(7, busy), forbidden])).toEqual([
      60,
      300,
      900,
      1_800,
      3_600,
      2,
      4,
      8,
      16,
      32,
      60,
      60,
      "fail",
    ]);
  });

  test("that cannot pass the message has failed, at whatever try", () => {
    const tries = fc.record({ attempt: fc.integer({ min: 1, max: 100 }), roleWaits: fc.integer({ min: 0, max: 100 }) });
    fc.assert(
      fc.property(
        tries,
        (at) => afterFailure(new PermanentError("no"), at, now, queues["train-model"]).kind === "fail",
      ),
    );
  });

  test("the next try is one more, and counts the wait for a role", () => {
    expect(afterFailure(busy, { attempt: 3, roleWaits: 1 }, now, queues["train-model"])).toEqual({
      kind: "retry",
      notBefore: new Date("2026-11-23T09:00:04Z"),
      as: { attempt: 4, roleWaits: 1 },
    });
    expect(afterFailure(forbidden, { attempt: 3, roleWaits: 1 }, now, queues["train-model"])).toEqual({
      kind: "retry",
      notBefore: new Date("2026-11-23T09:05:00Z"),
      as: { attempt: 4, roleWaits: 2 },
    });
  });

  test("the queue's own schedule decides, its length being the number of retries", () => {
    const schedule = { retryDelays: ["PT1S", "PT1H"], roleDelays: ["P1D"] };
    expect(waits(times(9, busy), schedule)).toEqual([1, 3_600, "fail"]);
    expect(waits(times(9, forbidden), schedule)).toEqual([86_400, "fail"]);
    expect(waits([busy], { retryDelays: [], roleDelays: ["PT1S"] })).toEqual(["fail"]);
    expect(waits([forbidden], { retryDelays: ["PT1S"], roleDelays: [] })).toEqual(["fail"]);
  });

  test("a delay that is none is named", () => {
    const schedule = { retryDelays: ["2 seconds"], roleDelays: [] };
    expect(() => afterFailure(busy, first, now, schedule)).toThrow(
      new RangeError("the retry delay 2 seconds is not an ISO 8601 duration"),
    );
  });
});

describe.each(Object.keys(queues) as QueueName[])("the schedule of %s", (queue) => {
  const { retryDelays, roleDelays, defaultMessageTimeToLive } = table[queue];
  const milliseconds = (delays: readonly string[]) => delays.map((delay) => parseIsoDuration(delay) ?? Number.NaN);

  test.each([
    ["brief faults", retryDelays],
    ["missing roles", roleDelays],
  ])("has waits for %s that can be read, none shorter than the one before", (_, delays) => {
    const all = milliseconds(delays);
    expect(all).toEqual([...all].sort((a, b) => a - b));
    expect(all.every((wait) => wait > 0)).toBe(true);
  });

  test("is over before its messages are too old", () => {
    const sum = milliseconds([...retryDelays, ...roleDelays]).reduce((all, wait) => all + wait, 0);
    expect(sum).toBeLessThan(parseIsoDuration(defaultMessageTimeToLive) ?? 0);
  });

  test("waits for a role for more than an hour and a half: it takes half an hour and more to arrive", () => {
    const sum = milliseconds(roleDelays).reduce((all, wait) => all + wait, 0);
    expect(sum).toBeGreaterThan(90 * 60_000);
  });
});
