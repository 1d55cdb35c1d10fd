import { blobSubject, checkRun } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { readRunSignal } from "./run-signal.ts";

const runId = "digits-small-0f1e2d3c4b5a6978";
const inOutputs = (path: string) => blobSubject("outputs", `${runId}/${path}`);

describe("a signal of a run's end", () => {
  test("is the run's _DONE.json", () => {
    expect(readRunSignal({ subject: inOutputs("done/_DONE.json"), data: { api: "PutBlob" } })).toEqual({
      runId,
      done: true,
    });
  });

  test("is the run's own scheduled look, which counts", () => {
    const occasion = { source: "training-runner", time: new Date(0), cause: "c" };
    const look = checkRun.build({ model: "digits-small", runId, look: 3 }, occasion);
    expect(readRunSignal(look)).toEqual({ runId, done: false, look: 3 });
  });

  test.each([
    ["the case of the documentation", { runId, runStatus: "Failed" }],
    ["the case of the swagger", { RunId: runId, RunStatus: "Failed" }],
    ["the subject alone", {}],
  ])("is an event of Azure ML, by %s", (_what, data) => {
    expect(readRunSignal({ subject: `experiments/0fa9dfaa/runs/${runId}`, data })).toEqual({ runId, done: false });
  });

  test.each([
    [
      "a run that somebody else submitted",
      { subject: "experiments/x/runs/jolly_pear_1", data: { runId: "jolly_pear_1" } },
    ],
    ["another file of a run", { subject: inOutputs("model/x"), data: {} }],
    ["an event without a run", { subject: "models/digits:7", data: null }],
  ])("is not %s", (_what, event) => {
    expect(readRunSignal(event)).toBeUndefined();
  });
});
