import { join } from "node:path";
import { modelView, paths } from "@ratchet/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
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
