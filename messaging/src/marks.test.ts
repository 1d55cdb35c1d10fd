import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attemptOf, failureMarks, failureOf, withoutFailure } from "./marks.ts";

const failure = fc.record({
  name: fc.stringMatching(/^[A-Za-z]{1,30}$/),
  message: fc.string({ maxLength: 500 }),
  service: fc.constant("evaluator"),
  at: fc.constant("2026-11-23T09:00:00.000Z"),
  attempts: fc.integer({ min: 1, max: 8 }),
});

describe("the marks on a message", () => {
  test("carry a failure unharmed", () => {
    fc.assert(
      fc.property(failure, (written) => {
        expect(failureOf(failureMarks(written))).toEqual(written);
      }),
    );
  });

  test("leave nothing of a failure behind when the message is sent again", () => {
    fc.assert(
      fc.property(failure, (written) => {
        const properties = { ...failureMarks(written), DeadLetterReason: "MaxDeliveryCountExceeded", own: "kept" };
        expect(withoutFailure(properties)).toEqual({ own: "kept" });
      }),
    );
  });

  test("say that a message without marks is at its first attempt and has not failed", () => {
    expect(attemptOf({})).toBe(1);
    expect(failureOf({ own: 1 })).toBeUndefined();
  });

  test("stay far below the 64 KB that a message's properties may have, however long the stack", () => {
    const marks = failureMarks({
      name: "E",
      message: "m".repeat(1e6),
      stack: "s".repeat(1e6),
      service: "x",
      at: "",
      attempts: 1,
    });
    expect(JSON.stringify(marks).length).toBeLessThan(16_384);
  });
});
