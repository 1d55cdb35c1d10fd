import { describe, expect, test } from "vitest";
import { endedAtOf, endingOf } from "./ending.ts";

const output = { hasModel: true, votedToDeploy: false, log: "loading rows\nno such column\n" };

describe("the end of a run", () => {
  test("is completed where its job is and has left a model", () => {
    expect(endingOf({ kind: "completed" }, output)).toEqual({ status: "completed", votedToDeploy: false });
    expect(endingOf({ kind: "completed" }, { ...output, votedToDeploy: true })).toMatchObject({ votedToDeploy: true });
  });

  test("is a failure where the job completed and left no model, with the last of its output", () => {
    expect(endingOf({ kind: "completed" }, { ...output, hasModel: false })).toEqual({
      status: "failed",
      failure: expect.stringMatching(/no model\.onnx[\s\S]*The last of its output:\nloading rows\nno such column$/),
    });
  });

  test("of several processes is a failure with the last output of the one that failed beside rank 0", () => {
    const failed = { kind: "ended", status: "failed", reason: "the job failed" } as const;
    const failedRank = { rank: 3, log: "no such column\n" };
    expect(endingOf(failed, { ...output, log: "connection closed\n", failedRank })).toEqual({
      status: "failed",
      failure:
        "the job failed\nThe last of its output:\nconnection closed\nThe last of what rank 3 printed, which failed:\nno such column",
    });
  });

  test("is what became of the job otherwise, model or no", () => {
    const canceled = { kind: "ended", status: "canceled", reason: "the job was cancelled" } as const;
    expect(endingOf(canceled, { ...output, log: "" })).toEqual({
      status: "canceled",
      failure: "the job was cancelled",
    });
    expect(endingOf({ kind: "ended", status: "timed-out", reason: "still Running" }, { ...output, log: "" })).toEqual({
      status: "timed-out",
      failure: "still Running",
    });
  });

  test("is not before its beginning, though storage tells times to the second", () => {
    const run = { claimedAt: "2026-11-23T09:00:00.100Z", submittedAt: "2026-11-23T09:00:00.500Z" };
    expect(endedAtOf(run, new Date("2026-11-23T09:00:00.000Z"))).toBe("2026-11-23T09:00:00.500Z");
    expect(endedAtOf(run, new Date("2026-11-23T09:00:01.000Z"))).toBe("2026-11-23T09:00:01.000Z");
  });
});
