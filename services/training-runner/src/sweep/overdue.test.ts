import type { Run, TrainingSlot } from "@ratchet/contracts";
import { parseDefinition } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { initial } from "../slot/training-slot.ts";
import { projectYaml } from "../testing/project-yaml.ts";
import { isOverdue, isToBeAskedFor, isToBeTold, lookSlack, overdueSince, toldAfter } from "./overdue.ts";
import { jobsSweptEvery } from "./sweep-jobs.ts";
import { sweepEvery } from "./sweep-trainings.ts";

const start = Date.UTC(2026, 10, 23, 9);
const at = (minutes: number) => new Date(start + minutes * 60_000);
const iso = (minutes: number) => at(minutes).toISOString();

const run = (more: Partial<Run> = {}): Run => ({
  model: "digits",
  runId: "digits-0f1e2d3c4b5a6978",
  version: "7",
  dataset: { digest: "d".repeat(64), through: 1, batches: 1 },
  definitionVersion: "0123456789abcdef",
  warmStart: null,
  reason: "data",
  status: "submitted",
  claimedAt: iso(0),
  ...more,
});

test("sweeps are made every minute, and every ten minutes of the workspace's jobs", () => {
  expect([sweepEvery, jobsSweptEvery]).toEqual([60_000, 600_000]);
});

describe("a look that is due", () => {
  test("is sent again after five minutes", () => {
    expect(lookSlack).toBe(300_000);
    expect(isOverdue(run({ lookAt: iso(10) }), at(14.99))).toBe(false);
    expect(isOverdue(run({ lookAt: iso(10) }), at(15))).toBe(true);
  });

  test("of a run whose record is not written is due since its claim", () => {
    expect(isOverdue(run({ status: "claimed" }), at(4.99))).toBe(false);
    expect(isOverdue(run({ status: "claimed" }), at(5))).toBe(true);
  });

  test("is sent again later and later where looks come to nothing, up to an hour apart", () => {
    const revived = (minutes: number) => run({ overdueSince: iso(10), lookAt: iso(minutes) });
    for (const [since, patience] of [
      [15, 5],
      [20, 5],
      [30, 10],
      [70, 30],
      [130, 60],
      [1010, 60],
    ] as const) {
      expect(isOverdue(revived(since), at(since + patience - 0.01)), `${since}`).toBe(false);
      expect(isOverdue(revived(since), at(since + patience)), `${since}`).toBe(true);
    }
  });

  test("is told to an operator, once, when looks have come to nothing for an hour", () => {
    expect(toldAfter).toBe(3_600_000);
    const overdue = run({ overdueSince: iso(10), lookAt: iso(40) });
    expect(isToBeTold(overdue, at(69.99))).toBe(false);
    expect(isToBeTold(overdue, at(70))).toBe(true);
    expect(isToBeTold({ ...overdue, toldOverdue: true }, at(70))).toBe(false);
    expect(isToBeTold(run({ lookAt: iso(10) }), at(700))).toBe(false);
    expect(overdueSince(overdue)).toBe(iso(10));
  });
});

describe("what waits in a free slot", () => {
  const definition = (budget = "") => ({
    version: "0123456789abcdef",
    definition: parseDefinition(projectYaml("digits", budget)),
  });
  type Waiting = NonNullable<TrainingSlot["waiting"]>;
  const slot = (waiting: Omit<Waiting, "through" | "reason">, more: Partial<TrainingSlot> = {}): TrainingSlot => ({
    ...initial("digits"),
    waiting: { through: 1, reason: "data", ...waiting },
    ...more,
  });

  test("is asked for when its time has come, and at once where nobody has said when", () => {
    expect(isToBeAskedFor(slot({ lookAt: iso(10) }), definition(), at(9.99))).toBe(false);
    expect(isToBeAskedFor(slot({ lookAt: iso(10) }), definition(), at(10))).toBe(true);
    expect(isToBeAskedFor(slot({}), definition(), at(0))).toBe(true);
    expect(isToBeAskedFor(initial("digits"), definition(), at(0))).toBe(false);
  });

  test("is asked for before its time where the project was applied anew after its run could not be submitted", () => {
    const trouble = {
      since: iso(0),
      claims: 3,
      reason: "no compute",
      definitionVersion: "fedcba9876543210",
      told: true,
    };
    expect(isToBeAskedFor(slot({ lookAt: iso(40) }, { trouble }), definition(), at(1))).toBe(true);
    expect(isToBeAskedFor(slot({ lookAt: iso(40) }), definition(), at(1))).toBe(false);
    const same = { ...trouble, definitionVersion: "0123456789abcdef" };
    expect(isToBeAskedFor(slot({ lookAt: iso(40) }, { trouble: same }), definition(), at(1))).toBe(false);
    // Just asked for.
    expect(isToBeAskedFor(slot({ lookAt: iso(6) }, { trouble }), definition(), at(1))).toBe(false);
  });

  test("is asked for before its time where more hours are allowed, by an operator or by the project", () => {
    const held = { since: iso(0), until: iso(10_000), reason: "used up", told: true };
    const spent = [{ endedAt: iso(0), hours: 12 }];
    const waits = slot({ lookAt: iso(10_000), held }, { spent });
    const ten = definition("  budget: { hours: 10 }");
    expect(isToBeAskedFor(waits, ten, at(1))).toBe(false);
    expect(isToBeAskedFor(waits, definition("  budget: { hours: 13 }"), at(1))).toBe(true);
    expect(isToBeAskedFor(waits, definition(), at(1))).toBe(true);
    const allowed = [{ request: "r-1", hours: 3, reason: "the fair", at: iso(1) }];
    expect(isToBeAskedFor({ ...waits, allowed }, ten, at(1))).toBe(true);
    // Just asked for.
    expect(isToBeAskedFor(slot({ lookAt: iso(6), held }, { spent, allowed }), ten, at(1))).toBe(false);
  });
});
