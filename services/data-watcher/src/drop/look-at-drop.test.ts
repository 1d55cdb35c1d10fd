import type { DropRecord } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { dropStuckAfter, forgottenAfter, isLookDue, lookAtDrop } from "./look-at-drop.ts";
import { comparedFor } from "./sweep-blobs.ts";

const hour = 3_600_000;
const since = Date.UTC(2026, 10, 23, 9);
const after = (milliseconds: number) => new Date(since + milliseconds);
const record: DropRecord = {
  model: "digits",
  file: "digits/a.csv",
  etag: "0x8DE2A1B2C3D4E5F",
  cause: "an event",
  traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
  phase: "seen",
  since: after(0).toISOString(),
  lookAt: after(600_000).toISOString(),
};
const markedAt = after(0);
const applied = { isApplied: true, markedAt };
const unknown = { isApplied: false, markedAt };

test("a look is due at its time, not a moment before, and never at the end", () => {
  expect(isLookDue(record, after(599_999))).toBe(false);
  expect(isLookDue(record, after(600_000))).toBe(true);
  expect(isLookDue({ ...record, lookAt: null }, after(100 * hour))).toBe(false);
});

describe("a drop that does not go on", () => {
  test("is taken in again, however long it takes", () => {
    for (const hours of [0.2, 2, 20, 2000])
      expect(lookAtDrop(record, applied, after(hours * hour)).step).toBe("take-in");
  });

  test("is said to be stuck once, when no delivery can be at work on it any more", () => {
    expect(dropStuckAfter).toBe(9_000_000);
    expect(lookAtDrop(record, applied, after(dropStuckAfter - 1)).sayStuck).toBe(false);
    expect(lookAtDrop(record, applied, after(dropStuckAfter)).sayStuck).toBe(true);
    const said = { ...record, stuckSaidAt: after(dropStuckAfter).toISOString() };
    expect(lookAtDrop(said, applied, after(20 * hour)).sayStuck).toBe(false);
  });
});

describe("a drop for a model that nobody has applied", () => {
  test("waits, and is said to be stuck once", () => {
    expect(lookAtDrop(record, unknown, after(hour))).toEqual({ step: "wait", sayStuck: false });
    expect(lookAtDrop(record, unknown, after(dropStuckAfter))).toEqual({ step: "wait", sayStuck: true });
  });

  test("is forgotten after two days, when its blob is no longer compared", () => {
    expect(forgottenAfter).toBe(172_800_000);
    expect(forgottenAfter).toBeGreaterThan(comparedFor);
    expect(lookAtDrop(record, unknown, after(forgottenAfter - 1)).step).toBe("wait");
    expect(lookAtDrop(record, unknown, after(forgottenAfter)).step).toBe("forget");
  });

  test("is not forgotten while somebody may be at work on it, nor when more than its name is known", () => {
    const now = after(forgottenAfter);
    const marked = (hours: number) => ({ isApplied: false, markedAt: new Date(now.getTime() - hours * hour) });
    expect(lookAtDrop(record, marked(2.99), now).step).toBe("wait");
    expect(lookAtDrop(record, marked(3), now).step).toBe("forget");
    for (const phase of ["inspected", "taken", "admitted", "refused"] as const)
      expect(lookAtDrop({ ...record, phase }, unknown, now).step).toBe("wait");
  });
});
