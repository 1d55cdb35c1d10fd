import { type Verdict, verdict } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { waitOf } from "./wait.ts";

const { heldUntil: _, ...example } = verdict.example;
const holding = (different: Partial<Verdict>, rows = 612): Verdict => ({
  ...example,
  decision: "hold",
  heldFor: ["rows"],
  holdout: { ...example.holdout, rows },
  ...different,
});
const unbounded = { ...(example.comparison ?? expect.fail("no comparison")), lowerBound: null };

describe("a HOLD waits", () => {
  test("for as many new rows as could not tell, at least for one", () => {
    expect(waitOf(holding({}))).toEqual({ for: ["rows"], newRows: 612 });
    expect(waitOf(holding({}, 1))).toEqual({ for: ["rows"], newRows: 1 });
    expect(waitOf(holding({}, 0))).toEqual({ for: ["rows"], newRows: 1 });
  });

  test("for those that are missing to what the comparison needs, where there were too few", () => {
    const needing = (needs: number, rows: number) =>
      waitOf(holding({ comparison: { ...unbounded, needs } }, rows))?.newRows;
    expect([needing(100, 5), needing(100, 99), needing(250, 150)]).toEqual([95, 1, 100]);
    // Verdicts from before it was kept: by what is needed now.
    const { needs: __, ...former } = unbounded;
    expect(waitOf(holding({ comparison: former }, 29))?.newRows).toBe(71);
  });

  test("for those that are missing to what the gate asks for, where it is a first model", () => {
    const first = (rows: number, policy: Verdict["policy"]) =>
      waitOf(holding({ champion: null, comparison: unbounded, policy }, rows))?.newRows;
    expect(first(5, { minRows: 100 })).toBe(95);
    expect(first(99, { minRows: 100 })).toBe(1);
    // Verdicts from before the gate asked for rows.
    expect(first(5, {})).toBe(1);
  });

  test("for the end of the cooldown, where that is known", () => {
    const until = "2026-11-24T09:00:00.000Z";
    expect(waitOf(holding({ heldFor: ["cooldown"], heldUntil: until }))).toEqual({ for: ["cooldown"], until });
  });

  test("for rows, where it is from before it was kept what it is for", () => {
    const { heldFor: __, ...former } = holding({});
    expect(waitOf(former)).toEqual({ for: ["rows"], newRows: 612 });
  });

  test("for nothing where the version is the champion already", () => {
    expect(waitOf(holding({ heldFor: ["promoted", "cooldown"] }))).toBeUndefined();
  });
});

test("what is promoted or rejected waits for nothing", () => {
  for (const decision of ["promote", "reject"] as const)
    expect(waitOf(holding({ decision, heldFor: [] }))).toBeUndefined();
  expect(waitOf(example)).toBeUndefined();
});
