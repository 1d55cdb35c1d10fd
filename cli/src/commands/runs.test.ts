import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, run } from "@ratchet/contracts";
import { readAudit } from "@ratchet/operators";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { historyOf, placeModel } from "../testing/console-records.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { championsOf } from "./history.ts";
import { logOf, runNamed } from "./logs.ts";
import { listRuns, runsIn } from "./runs.ts";
import { askForTraining } from "./train.ts";

test("a run is told from its beginning to production, and why it did not come so far", () => {
  const runs = runsIn(historyOf("digits", 5));
  expect(runs.map(({ version, status, decision }) => [version, status, decision])).toEqual([
    ["5", "completed", "reject"],
    ["4", "completed", "promote"],
    ["3", "failed", null],
    ["2", "completed", "hold"],
    ["1", "completed", "promote"],
  ]);
  const [fifth, fourth, third] = runs;
  expect(fifth).toMatchObject({ model: "digits", promotedAt: null, why: expect.stringContaining("accuracy") });
  expect(fourth).toMatchObject({ why: null, because: "data" });
  const { startedAt, endedAt, judgedAt, promotedAt } = fourth ?? expect.fail("no run");
  expect([startedAt, endedAt, judgedAt, promotedAt]).toEqual([startedAt, endedAt, judgedAt, promotedAt].toSorted());
  expect(third).toMatchObject({ status: "failed", judgedAt: null, why: "ValueError: <b>loss</b> is not a number" });
});

describe("in a deployment", () => {
  let stage: TestDeployment;
  beforeAll(async () => {
    stage = await startTestDeployment();
    await placeModel(stage.deployment, "digits", 5);
    await placeModel(stage.deployment, "weather", 0);
  });
  afterAll(() => stage[Symbol.asyncDispose]());
  const runId = "digits-0000000000000005";

  test("runs of all models are listed, the newest first, and versions that have served with their metric", async () => {
    const { deployment } = stage;
    expect((await listRuns(deployment)).map(({ version }) => version)).toEqual(["5", "4", "3", "2", "1"]);
    expect(await listRuns(deployment, "weather")).toEqual([]);
    expect(await championsOf(deployment, "digits")).toMatchObject([
      { version: "4", cause: "verdict", metric: { name: "accuracy" } },
      { version: "1", cause: "verdict" },
    ]);
    expect(await championsOf(deployment, "unheard-of")).toBeUndefined();
  });

  test("the run of a model is its newest where none is under way", async () => {
    expect(await runNamed(stage.deployment, "digits")).toBe(runId);
    expect(await runNamed(stage.deployment, runId)).toBe(runId);
    await expect(runNamed(stage.deployment, "weather")).rejects.toThrow("weather has no run yet");
  });

  test("a log is followed as it is written, until the run has ended", async () => {
    const { deployment, folder } = stage;
    const documents = deployment.documents("training");
    const record = { ...run.example, model: "digits", runId, status: "submitted" as const };
    await documents.write(paths.run("digits", runId), run, record, "any");
    await mkdir(join(folder, "logs"), { recursive: true });
    const file = join(folder, "logs", `job-${runId}.log`);
    await writeFile(file, "epoch 1\n");
    const seen: string[] = [];
    for await (const text of logOf(deployment, runId, { follow: true, folder })) {
      seen.push(text);
      if (seen.length > 1) continue;
      await appendFile(file, "epoch 2\n");
      await documents.write(paths.run("digits", runId), run, { ...record, status: "completed" }, "any");
    }
    expect(seen).toEqual(["epoch 1\n", "epoch 2\n"]);
  });

  test("a log that is only kept is given as it is kept; one that is not is refused", async () => {
    const { deployment, folder } = stage;
    const other = "digits-0000000000000004";
    const whole = async (name: string) =>
      (await Array.fromAsync(logOf(deployment, name, { follow: false, folder }))).join("");
    await expect(whole(other)).rejects.toThrow(`nothing that run ${other} printed is kept`);
    await deployment.container("runs").getBlockBlobClient(paths.runLog(other)).upload("kept\n", 5);
    expect(await whole(other)).toBe("kept\n");
  });

  test("whatever an operator asks of a model is in the audit", async () => {
    const { deployment } = stage;
    const { messageId } = await askForTraining(deployment, "digits", { beyondBudget: "the fair is tomorrow" });
    expect(await readAudit(deployment.documents("operations"))).toMatchObject([
      { action: "train-model", about: expect.stringContaining("models/digits"), outcome: "asked", id: messageId },
    ]);
  });
});
