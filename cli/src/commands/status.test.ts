import { join } from "node:path";
import { championPointer, deploymentRecord, modelView, paths } from "@ratchet/contracts";
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
