import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { like } from "./like.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "%", "_", "!", "\u{1F600}"), maxLength: 12 });

/** The same meaning said another way. */
const asRegularExpression = (pattern: string): RegExp =>
  new RegExp(`^${[...pattern].map((c) => (c === "%" ? ".*" : c === "_" ? "." : c)).join("")}$`, "su");

describe("LIKE", () => {
  test("matches what the regular expression of the same meaning matches", () => {
    fc.assert(
      fc.property(text, text, (value, pattern) => {
        expect(like(value, pattern)).toBe(asRegularExpression(pattern).test(value));
      }),
      { numRuns: 1000 },
    );
  });

  test("matches any text against itself once every character is escaped", () => {
    fc.assert(
      fc.property(text, text, (value, other) => {
        const pattern = [...value].map((character) => `!${character}`).join("");
        expect(like(value, pattern, "!")).toBe(true);
        expect(like(other, pattern, "!")).toBe(other === value);
      }),
    );
  });

  test("stays quick on patterns that make a backtracking matcher explode", () => {
    const started = performance.now();
    expect(like("a".repeat(5000), `${"%a".repeat(200)}%b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
