import type { Run } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { outcomeOf } from "./free-slot.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString();
const failed: Run = {
  runId: "digits-0f1e2d3c4b5a6978",
  model: "digits",
  version: "7",
  dataset: { digest: "d".repeat(64), through: 1, batches: 1 },
  definitionVersion: "0123456789abcdef",
  warmStart: null,
  reason: "request",
  command: "4272be85143167ef0cbfe50baba5903e",
  status: "failed",
  claimedAt: at(0),
  submittedAt: at(1),
  endedAt: at(59),
};

test("the budget pays for a run from when its job was found running, else from the last look that found it waiting", () => {
  expect(outcomeOf({ ...failed, queuedUntil: at(20), startedAt: at(21) })).toMatchObject({ startedAt: at(21) });
  expect(outcomeOf({ ...failed, queuedUntil: at(20) })).toEqual({
    status: "failed",
    startedAt: at(20),
    endedAt: at(59),
  });
  expect(outcomeOf(failed)).toMatchObject({ startedAt: at(1) });
});

test("a run that has not ended has no outcome", () => {
  expect(() => outcomeOf({ ...failed, status: "submitted" })).toThrow("the run digits-0f1e2d3c4b5a6978 has not ended");
});
