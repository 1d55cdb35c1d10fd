import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchIdOf, canonicalJson, messageIdOf, runIdOf } from "./identity.ts";

describe("identity", () => {
  test("of a run changes with its data, definition, warm start, and a request to train again", () => {
    const identity = { model: "digits", definitionVersion: "1", dataset: "0".repeat(64), warmStart: null };
    const ids = [
      identity,
      { ...identity, model: "weather" },
      { ...identity, definitionVersion: "2" },
      { ...identity, dataset: "1".repeat(64) },
      { ...identity, warmStart: "digits-1" },
      { ...identity, again: "request" },
    ].map(runIdOf);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("does not confuse parts that read alike when joined", () => {
    expect(messageIdOf("a", "bc", "d")).not.toBe(messageIdOf("ab", "c", "d"));
    expect(batchIdOf("a", "bc")).not.toBe(batchIdOf("ab", "c"));
  });

  test("does not depend on the order of an object's keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(reversed as never)).toBe(canonicalJson(object as never));
      }),
    );
  });
});
