import { describe, expect, test } from "vitest";
import { modelOfRun, readRunSignal } from "./run-signal.ts";

const runId = "digits-small-0f1e2d3c4b5a6978";

describe("a signal of a run's end", () => {
  test("is the run's _DONE.json", () => {
    const subject = `/blobServices/default/containers/runs/blobs/${runId}/done/_DONE.json`;
    expect(readRunSignal({ subject, data: { api: "PutBlob" } })).toEqual({ runId, done: true });
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
    ["another file of a run", { subject: `/blobServices/default/containers/runs/blobs/${runId}/model/x`, data: {} }],
    ["an event without a run", { subject: "models/digits:7", data: null }],
  ])("is not %s", (_what, event) => {
    expect(readRunSignal(event)).toBeUndefined();
  });

  test("names the model, hyphens and all", () => {
    expect(modelOfRun(runId)).toBe("digits-small");
    expect(modelOfRun("digits")).toBeUndefined();
  });
});
