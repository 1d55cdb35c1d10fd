import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  describeError,
  failureMarks,
  failureOf,
  isToBeStated,
  marks,
  replaysOf,
  toStateMarks,
  triesMarks,
  triesOf,
  withoutFailure,
} from "./marks.ts";

const failure = fc.record({
  name: fc.stringMatching(/^[A-Za-z]{1,30}$/),
  message: fc.string({ maxLength: 500 }),
  service: fc.constant("evaluator"),
  at: fc.constant("2026-11-23T09:00:00.000Z"),
  attempts: fc.integer({ min: 1, max: 13 }),
});

describe("the marks on a message", () => {
  test("have names that letters of years ago carry", () => {
    expect(marks).toEqual({
      attempt: "ratchet-attempt",
      roleWaits: "ratchet-role-waits",
      attempts: "ratchet-attempts",
      toState: "ratchet-to-state",
      failedAt: "ratchet-failure-at",
      failureName: "ratchet-failure-name",
      failureMessage: "ratchet-failure-message",
      failureStack: "ratchet-failure-stack",
      failureService: "ratchet-failure-service",
      replays: "ratchet-replays",
      replayOf: "ratchet-replay-of",
      firstFailedAt: "ratchet-first-failed-at",
    });
  });

  test("carry a failure unharmed", () => {
    fc.assert(
      fc.property(failure, fc.option(fc.string({ minLength: 1 }), { nil: undefined }), (written, stack) => {
        const whole = stack === undefined ? written : { ...written, stack };
        expect(failureOf(failureMarks(whole))).toEqual(whole);
      }),
    );
  });

  test("carry where a message stands in its schedule, and its number of replays", () => {
    for (const tries of [
      { attempt: 1, roleWaits: 0 },
      { attempt: 7, roleWaits: 0 },
      { attempt: 7, roleWaits: 3 },
    ])
      expect(triesOf(triesMarks(tries))).toEqual(tries);
    expect(replaysOf({ "ratchet-replays": 3 })).toBe(3);
    // Properties have 64 KB in all: what says nothing is not written.
    expect(triesMarks({ attempt: 2, roleWaits: 0 })).toEqual({ "ratchet-attempt": 2 });
    expect(triesMarks({ attempt: 2, roleWaits: 1 })).toEqual({ "ratchet-attempt": 2, "ratchet-role-waits": 1 });
  });

  test("say that a message without marks is at its first attempt and has not failed", () => {
    expect(triesOf({})).toEqual({ attempt: 1, roleWaits: 0 });
    expect(triesOf({ "ratchet-attempt": "many", "ratchet-role-waits": null })).toEqual({ attempt: 1, roleWaits: 0 });
    expect(failureOf({ own: 1 })).toBeUndefined();
    expect(replaysOf({})).toBe(0);
    expect(isToBeStated({ own: 1 })).toBe(false);
  });

  test("leave nothing of a failure or of its tries behind when the message is sent again, and all else as it was", () => {
    const at = new Date(0);
    fc.assert(
      fc.property(failure, (written) => {
        const ofThisDelivery = {
          ...failureMarks({ ...written, stack: "at handle" }),
          ...triesMarks({ attempt: 4, roleWaits: 2 }),
          DeadLetterReason: "MaxDeliveryCountExceeded",
          DeadLetterErrorDescription: "delivered too often",
        };
        const own = { own: "kept", size: 7, fresh: false, at, "ratchet-replays": 1, "ratchet-replay-of": "a" };
        expect(withoutFailure({ ...ofThisDelivery, ...own, ...toStateMarks })).toEqual({ ...own, ...toStateMarks });
      }),
    );
    expect(withoutFailure({ list: [1], nothing: null, missing: undefined })).toEqual({});
  });

  test("keep an event to be stated one through every copy, as the host hands it over", () => {
    expect(isToBeStated(withoutFailure(toStateMarks))).toBe(true);
    expect(isToBeStated(JSON.parse(JSON.stringify(toStateMarks)))).toBe(true);
    expect(isToBeStated({ "ratchet-to-state": "true" })).toBe(true);
  });
});

describe("an error in words", () => {
  test("is cut to 2,048 characters of message and 8,192 of stack, far below the 64 KB that properties may have", () => {
    const error = new Error("m".repeat(2_048));
    error.stack = "s".repeat(8_192);
    expect(describeError(error)).toEqual({ name: "Error", message: error.message, stack: error.stack });
    const longer = new Error(`${"m".repeat(2_048)}!`);
    longer.stack = `${"s".repeat(8_192)}!`;
    expect(describeError(longer)).toEqual(describeError(error));
    expect(describeError("t".repeat(2_049))).toEqual({ name: "Error", message: "t".repeat(2_048) });
  });

  test("says what it was caused by, where it does not itself", () => {
    const cause = new Error("connect ECONNREFUSED 127.0.0.1:443");
    expect(describeError(new TypeError("fetch failed", { cause }))).toMatchObject({
      name: "TypeError",
      message: "fetch failed: connect ECONNREFUSED 127.0.0.1:443",
    });
    const said = `cannot be read: ${cause.message}`;
    expect(describeError(new Error(said, { cause })).message).toBe(said);
    expect(describeError(new Error("odd", { cause: "a text" })).message).toBe("odd");
  });

  test("is there for whatever is thrown", () => {
    expect(describeError("a text")).toEqual({ name: "Error", message: "a text" });
    expect(describeError(undefined)).toEqual({ name: "Error", message: "undefined" });
    const bare = new Error("no stack");
    delete bare.stack;
    expect(describeError(bare)).toEqual({ name: "Error", message: "no stack" });
  });
});
