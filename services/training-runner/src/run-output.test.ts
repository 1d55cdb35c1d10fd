import type { Run } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { millisecondsOf } from "./iso-duration.ts";
import { registeredModel } from "./registered-model.ts";
import { lastLines, metricsOf } from "./run-output.ts";

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

describe("the log of a run", () => {
  test("gives each metric in its last value", () => {
    expect(metricsOf(log)).toEqual({ accuracy: "0.97", "log-loss": "0.1" });
  });

  test("is cut to its last lines, and those to what an event can carry", () => {
    expect(lastLines("1\n2\n3\n", 2)).toBe("2\n3");
    expect(lastLines("x".repeat(5000)).length).toBeLessThan(1600);
  });
});

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

test.each([
  ["PT3600S", 3_600_000],
  ["PT1H30M", 5_400_000],
  ["P7D", 604_800_000],
  ["P1DT0.5S", 86_400_500],
  ["1h", undefined],
  ["PT", undefined],
  ["P", undefined],
])("the duration %s is %s milliseconds", (iso, milliseconds) => {
  expect(millisecondsOf(iso)).toBe(milliseconds);
});
