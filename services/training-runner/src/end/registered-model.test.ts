import type { Run } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { registeredModel } from "./registered-model.ts";

const run: Run = {
  model: "digits",
  runId: "digits-0f1e2d3c4b5a6978",
  version: "7",
  dataset: { digest: "d".repeat(64), through: 2, batches: 2 },
  definitionVersion: "0123456789abcdef",
  codeSha256: "c".repeat(64),
  warmStart: { version: "6", runId: "digits-aaaaaaaaaaaaaaaa" },
  reason: "data",
  status: "submitted",
  claimedAt: "2026-11-23T09:00:00.000Z",
};
const log = "[   1.2 s] epoch 1\nmetric accuracy=0.91\nmetric accuracy=0.97\nmetric log-loss=0.1\nno metric x=1\n";

describe("the registered model", () => {
  test("carries its lineage: data, code, definition, warm start, run and metrics", () => {
    expect(registeredModel(run, log)).toMatchObject({
      name: "digits",
      version: "7",
      uri: "azureml://datastores/runs/paths/digits-0f1e2d3c4b5a6978/model",
      runId: run.runId,
      properties: {
        "ratchet-dataset": "d".repeat(64),
        "ratchet-batches": "2",
        "ratchet-code": "c".repeat(64),
        "ratchet-warm-start": "6 (digits-aaaaaaaaaaaaaaaa)",
      },
      tags: { "ratchet-run": run.runId, "metric-accuracy": "0.97" },
    });
  });

  test("of a run from before data was named by its digest says on how many batches it was trained", () => {
    const { dataset: _, ...former } = { ...run, batches: ["3f1c9a0b5d7e2468"] };
    const { description, properties } = registeredModel(former, "");
    expect(description).toBe("Trained by Ratchet in digits-0f1e2d3c4b5a6978 on 1 batches.");
    expect(properties).toMatchObject({ "ratchet-dataset": "unknown", "ratchet-batches": "1" });
  });
});
