import type { Run } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { registeredModel } from "./registered-model.ts";

const run: Run = {
  model: "digits",
  runId: "digits-0f1e2d3c4b5a6978",
  version: "7",
  batches: ["3f1c9a0b5d7e2468", "a1b2c3d4e5f60718"],
  definitionVersion: "0123456789abcdef",
  codeSha256: "c".repeat(64),
  warmStart: { version: "6", runId: "digits-aaaaaaaaaaaaaaaa" },
  reason: "data",
  status: "submitted",
  claimedAt: "2026-11-23T09:00:00.000Z",
};
const log = "[   1.2 s] epoch 1\nmetric accuracy=0.91\nmetric accuracy=0.97\nmetric log-loss=0.1\nno metric x=1\n";

describe("the registered model", () => {
  test("carries its lineage: batches, code, definition, warm start, run and metrics", () => {
    expect(registeredModel(run, log)).toMatchObject({
      name: "digits",
      version: "7",
      uri: "azureml://datastores/runs/paths/digits-0f1e2d3c4b5a6978/model",
      runId: run.runId,
      properties: {
        "ratchet-batches": "3f1c9a0b5d7e2468,a1b2c3d4e5f60718",
        "ratchet-code": "c".repeat(64),
        "ratchet-warm-start": "6 (digits-aaaaaaaaaaaaaaaa)",
      },
      tags: { "ratchet-run": run.runId, "metric-accuracy": "0.97" },
    });
  });

  test("names the place of the list where it has more batches than a property can hold", () => {
    const batches = Array.from({ length: 100 }, (_, index) => String(index).padStart(16, "0"));
    const { properties } = registeredModel({ ...run, batches }, "");
    expect(properties["ratchet-batches"]).toBe(
      "100 batches, listed in training/digits/runs/digits-0f1e2d3c4b5a6978.json",
    );
  });
});
