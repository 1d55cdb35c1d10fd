import { type HoldoutEpoch, hasNumbers, holdoutEpoch, type Verdict, verdict } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { isKeptBack, withoutNumbers } from "./kept-back.ts";

const now = new Date("2026-11-23T10:00:00.000Z");
const policy = { ...verdict.example.policy, reveal: "decision", reuseBudget: 2, holdoutMaxAge: 7_200_000 };
const found = (more: Partial<Verdict> = {}): Verdict => ({ ...verdict.example, policy, ...more });
const [attempt] = holdoutEpoch.example.attempts;
const epoch = (more: Partial<HoldoutEpoch> = {}): HoldoutEpoch => ({ ...holdoutEpoch.example, epoch: 1, ...more });

test.each([
  ["nothing was to be kept back", verdict.example, epoch(), false],
  ["no epoch has begun", found(), undefined, true],
  ["its epoch goes on", found(), epoch(), true],
  [
    "its rows judged alone, before the first epoch",
    found({ holdout: { ...found().holdout, epoch: 0 } }),
    epoch(),
    true,
  ],
  [
    "its epoch's budget is used up",
    found(),
    epoch({ attempts: [attempt, attempt].flatMap((one) => one ?? []) }),
    false,
  ],
  ["its epoch is too old", found(), epoch({ openedAt: "2026-11-23T07:59:59.000Z" }), false],
  ["another epoch has begun", found(), epoch({ epoch: 2 }), false],
])("numbers are kept back, or not, where %s", (_, one, of, expected) => {
  expect(isKeptBack(one, of, now)).toBe(expected);
});

test("what is told then holds no number that came of the rows, in whatever place", () => {
  const told = withoutNumbers(found({ heldFor: [], decision: "reject" }));
  const text = JSON.stringify({ ...told, policy: {}, golden: {}, signature: {}, holdout: {} });
  for (const number of ["0.971", "0.942", "0.029", "0.011", "0.047"]) expect(text).not.toContain(number);
  expect(told.reasons).toEqual([expect.stringMatching(/^it misses a threshold, or is shown to be worse; numbers/)]);
  expect(told).toMatchObject({ decision: "reject", comparison: { method: "kept-back", metric: "accuracy" } });
  expect(told).not.toHaveProperty("details");
  expect([told, found()].map(({ comparison }) => comparison && hasNumbers(comparison))).toEqual([false, true]);
});

test("a reason that is not for the rows is told as it is", () => {
  const cooling = found({ decision: "hold", heldFor: ["cooldown"], reasons: ["promoted 1 hour ago"] });
  expect(withoutNumbers(cooling).reasons).toEqual(["promoted 1 hour ago"]);
  const { comparison: _, ...unscored } = found({ decision: "reject", heldFor: [], reasons: ["it is no model"] });
  expect(withoutNumbers(unscored).reasons).toEqual(["it is no model"]);
  expect(withoutNumbers(found({ decision: "hold", heldFor: ["rows"] })).reasons[0]).toMatch(/^the rows do not tell;/);
  expect(withoutNumbers(found({ heldFor: [], champion: null })).reasons[0]).toMatch(/^it meets every threshold;/);
});
