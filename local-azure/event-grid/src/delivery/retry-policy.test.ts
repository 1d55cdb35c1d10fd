import { expect, test } from "vitest";
import type { RetryPolicy } from "../subscription.ts";
import { nextStep } from "./retry-policy.ts";

const publishedAt = new Date("2026-01-01T00:00:00Z");
const failure = (status?: number) => ({ delivered: false, outcome: "Busy", ...(status !== undefined && { status }) });

/** Seconds to the next attempt after `count`, or the reason why there is none. */
function after(
  count: number,
  how: { status?: number; policy?: RetryPolicy; toWebHook?: boolean; scale?: number; elapsed?: number } = {},
): number | string {
  const now = new Date(publishedAt.getTime() + (how.elapsed ?? 0) * 1000);
  const { policy = {}, toWebHook = true, scale = 1 } = how;
  const step = nextStep(failure(how.status), { count, publishedAt, now }, { policy, toWebHook, scale });
  return step.kind === "retry" ? (step.at.getTime() - now.getTime()) / 1000 : step.reason;
}

test("attempts follow Azure's schedule, and then every twelve hours", () => {
  const waits = Array.from({ length: 12 }, (_, index) => after(index + 1, { status: 500 }));
  expect(waits).toEqual([10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 43_200, 43_200]);
});

test("an answer that asks for patience gets it", () => {
  expect(after(1, { status: 503 })).toBe(30);
  expect(after(1, { status: 408 })).toBe(120);
  expect(after(5, { status: 408 })).toBe(600);
});

test("a queue that is not there, or not ours, is left alone for five minutes; a webhook is not", () => {
  for (const status of [401, 404]) expect(after(1, { status, toWebHook: false })).toBe(300);
  expect(after(1, { status: 404, toWebHook: true })).toBe(10);
});

test.each([
  [400, "UndeliverableDueToHttpBadRequest"],
  [403, "UndeliverableDueToHttpForbidden"],
  [413, "UndeliverableDueToHttpRequestEntityTooLarge"],
])("a %i is final for every destination", (status, reason) => {
  expect(after(1, { status, toWebHook: true })).toBe(reason);
  expect(after(1, { status, toWebHook: false })).toBe(reason);
});

test("a 401 is final for a webhook", () => {
  expect(after(1, { status: 401, toWebHook: true })).toBe("UndeliverableDueToHttpUnauthorized");
});

test("the attempts end when there have been as many as the policy allows", () => {
  expect(after(2, { policy: { maxDeliveryAttempts: 3 } })).toBe(30);
  expect(after(3, { policy: { maxDeliveryAttempts: 3 } })).toBe("MaxDeliveryAttemptsExceeded");
  expect(after(30)).toBe("MaxDeliveryAttemptsExceeded");
});

test("no attempt is made after the event's time to live", () => {
  const policy = { eventTimeToLiveInMinutes: 1 };
  expect(after(2, { policy, elapsed: 20 })).toBe(30);
  expect(after(2, { policy, elapsed: 40 })).toBe("TimeToLiveExceeded");
});

test("a scale shortens waiting times and the time to live alike", () => {
  expect(after(1, { scale: 0.01 })).toBe(0.1);
  expect(after(2, { scale: 0.01, policy: { eventTimeToLiveInMinutes: 1 }, elapsed: 0.4 })).toBe("TimeToLiveExceeded");
});
