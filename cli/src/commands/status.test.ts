import { join } from "node:path";
import {
  admission,
  championPointer,
  deploymentRecord,
  modelView,
  paths,
  type TrainingSlot,
  trainingSlot,
} from "@ratchet/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { testChampion } from "../testing/records.ts";
import { applyProject, readProject } from "./apply.ts";
import { modelStanding } from "./status.ts";

let stage: TestDeployment;
beforeAll(async () => {
  stage = await startTestDeployment();
});
afterAll(() => stage[Symbol.asyncDispose]());

test("tells how many files were refused, and why the last one", async () => {
  const { deployment } = stage;
  const project = await readProject(join(import.meta.dirname, "../../../examples/digits"));
  await applyProject(deployment, project, new Date());
  const refusal = (reason: string, at: string) => ({ file: "digits/x.csv", code: "malformed", reason, at });
  const refusals = {
    later: refusal("line 9: 788 fields", "2026-11-23T10:00:01Z"),
    first: refusal("the file is empty", "2026-11-23T10:00:00Z"),
  };
  const view = { model: "digits", batches: {}, refusals, runs: {}, verdicts: {}, releases: {} };
  await deployment.documents("ledger").write(paths.modelView("digits"), modelView, view, "any");
  expect((await modelStanding(deployment, "digits"))?.refused).toEqual({ files: 2, last: "line 9: 788 fields" });
});

test("tells that a model is frozen, and what its deployment is at", async () => {
  const { deployment } = stage;
  const project = await readProject(join(import.meta.dirname, "../../../examples/digits"));
  await applyProject(deployment, project, new Date());
  const frozen = { since: "2026-11-23T10:00:00.000Z", reason: "wrong sevens", cause: "a command" };
  const champions = deployment.documents("champions");
  await champions.write(paths.champion("digits"), championPointer, { ...testChampion, frozen }, "any");
  const record = { ...deploymentRecord.example, app: project.definition.deploy.app };
  await champions.write(paths.deployment(record.app), deploymentRecord, record, "any");
  const standing = await modelStanding(deployment, "digits");
  expect(standing?.frozen).toEqual(frozen);
  expect(standing?.deployment).toEqual({
    version: "7",
    state: "swapping",
    since: record.since,
    why: record.why,
    waiting: 1,
  });
  for (const other of [
    { ...record, state: "announced" as const },
    { ...record, model: "letters" },
  ]) {
    await champions.write(paths.deployment(record.app), deploymentRecord, other, "any");
    expect((await modelStanding(deployment, "digits"))?.deployment).toBeNull();
  }
});

test("tells why training that is due does not begin, and when it is tried next", async () => {
  const { deployment } = stage;
  const standing = () => modelStanding(deployment, "digits").then((found) => found?.trainingWaits);
  const until = "2026-12-23T09:00:00.000Z";
  const held = { since: "2026-11-23T09:00:00.000Z", until, reason: "training.budget is used up", told: true };
  const waiting: TrainingSlot["waiting"] = { through: 1, reason: "data", lookAt: until };
  const trouble = { since: held.since, claims: 1, reason: "no such compute", definitionVersion: "x", told: true };
  const free: TrainingSlot = { ...trainingSlot.example, running: null, trouble: undefined };
  const stands = async (slot: TrainingSlot) => {
    await deployment.documents("training").write(paths.trainingSlot("digits"), trainingSlot, slot, "any");
    return standing();
  };
  expect(await stands({ ...free, waiting: null })).toBeNull();
  expect(await stands({ ...free, waiting: { ...waiting, held } })).toEqual({ reason: held.reason, until });
  expect(await stands({ ...free, waiting, trouble })).toEqual({ reason: trouble.reason, until });
  expect(await stands({ ...trainingSlot.example, waiting: { ...waiting, held } })).toBeNull();
});

test("tells how many batches are admitted, wait, were withdrawn, and are in quarantine", async () => {
  const { deployment } = stage;
  const project = await readProject(join(import.meta.dirname, "../../../examples/digits"));
  await applyProject(deployment, project, new Date());
  const log = deployment.documents("batches").log(paths.admissionLog("digits"), admission);
  const [first, second] = [{ batch: "1".repeat(16) }, { batch: "2".repeat(16) }];
  const at = "2026-11-23T10:00:00.000Z";
  for (const { batch } of [first, second])
    await log.append({ kind: "admitted", batch, file: `digits/${batch}.csv`, at });
  await log.append({ kind: "withdrawn", ...second, at, reason: "blurred", cause: "a command" });
  await log.append({ kind: "quarantined", batch: "3".repeat(16), file: "digits/odd.csv", at, finding: "odd" });
  const counts = { batches: 1, waiting: 1, withdrawn: 1, quarantined: 1 };
  expect(await modelStanding(deployment, "digits")).toMatchObject(counts);
});
