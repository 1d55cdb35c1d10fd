import { type ContainerName, paths } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { kindOf } from "./kind-of.ts";

const [model, batch, runId, digest] = ["digits-2", "3f1c9a0b5d7e2468", "digits-2-0f1e2d3c4b5a6978", "d".repeat(64)];

describe("a blob", () => {
  test.each<[ContainerName, string, string, string | undefined]>([
    ["drops", `${model}/2026/part.csv`, "dropped files", model],
    ["definitions", paths.definitionFile(model, "1", "train.py"), "applied projects", model],
    ["batches", paths.dropRecord(model, "d"), "records of drops", model],
    ["batches", `${paths.admissionLog(model)}/000000.jsonl`, "admissions", model],
    ["batches", paths.admissions(model), "admissions", model],
    ["batches", paths.admittedProfile(model), "profiles and evidence", model],
    ["batches", paths.batchProfile(model, batch), "profiles and evidence", model],
    ["batches", paths.batchEvidence(model, batch), "profiles and evidence", model],
    ["batches", paths.batchTrain(model, batch), "admitted batches", model],
    ["batches", `${paths.openFolder("drops")}x`, "marks of open processes and sweeps", undefined],
    ["datasets", paths.datasetPart(model, digest), "rows that train", model],
    ["datasets", paths.dataset(model, digest), "data sets", model],
    ["datasets", paths.datasetPage(model, digest), "data sets", model],
    ["indexes", paths.rowIndex(model, "i", batch, 0), "row indexes", model],
    ["indexes", paths.mergedRowIndex(model, "i", digest), "row indexes", model],
    ["training", paths.run(model, runId), "slots and runs", model],
    ["training", paths.sweep("trainings"), "marks of open processes and sweeps", undefined],
    ["code", `${paths.codeSnapshot(digest)}/train.py`, "training code", undefined],
    ["outputs", paths.runModel(runId), "what runs write", model],
    ["runs", paths.runModel(runId), "models of runs", model],
    ["runs", paths.runLog(runId), "what runs have printed", model],
    ["verdicts", paths.verdict(model, "7"), "verdicts and judgements", model],
    ["champions", paths.champion(model), "champions", model],
    ["champions", paths.deployment("inference-digits"), "deployments", undefined],
    ["packages", paths.package(digest), "published packages", undefined],
    ["releases", paths.codeRelease(digest), "inference code", undefined],
    ["ledger", "events/2026-11-23/x.json", "events", undefined],
    ["ledger", paths.modelView(model), "views of models", model],
    ["event-dead-letters", "x.json", "events not delivered", undefined],
    ["runs", "somebody/elses", "other", undefined],
  ])("%s/%s is of the %s", (container, path, kind, whose) => {
    expect(kindOf(container, path)).toEqual(whose === undefined ? { kind } : { kind, model: whose });
  });
});
