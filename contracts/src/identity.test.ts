import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchIdOf, canonicalJson, messageIdOf, runIdOf } from "./identity.ts";

const batch = fc.stringMatching(/^[0-9a-f]{16}$/);

describe("identity", () => {
  test("of a run is the same in whatever order its batches came, and however often", () => {
    fc.assert(
      fc.property(fc.uniqueArray(batch, { minLength: 1 }), fc.infiniteStream(fc.nat()), (batches, order) => {
        const keyed = batches.map((id) => ({ id, key: order.next().value ?? 0 }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ id }) => id);
        const identity = { model: "digits", definitionVersion: "1", warmStart: null };
        expect(runIdOf({ ...identity, batches: [...shuffled, ...batches] })).toBe(runIdOf({ ...identity, batches }));
      }),
    );
  });

  test("of a run changes with its batches, definition, warm start, and a request to train again", () => {
    const identity = { model: "digits", definitionVersion: "1", batches: ["0".repeat(16)], warmStart: null };
    const ids = [
      identity,
      { ...identity, model: "weather" },
      { ...identity, definitionVersion: "2" },
      { ...identity, batches: ["1".repeat(16)] },
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
