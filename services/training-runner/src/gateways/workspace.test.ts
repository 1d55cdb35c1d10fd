import { describe, expect, test } from "vitest";
import { endlessTraining, goodTraining, useDigits } from "../testing/digits.ts";
import { projectYaml } from "../testing/project-yaml.ts";

const digits = useDigits();
const workspace = () => digits.world.runner.workspace;

const model = (version: string, runId: string) => ({
  name: digits.model,
  version,
  uri: `azureml://datastores/runs/paths/${runId}/model`,
  runId,
  description: "a model",
  properties: { "ratchet-run": runId },
  tags: { "ratchet-run": runId },
});

describe("models in the registry", () => {
  test("are put once, and whose a number is is read back", async () => {
    expect(await workspace().nextModelVersion(digits.model)).toBe(1);
    expect(await workspace().putModel(model("1", "r-1"))).toBe("r-1");
    expect(await workspace().putModel(model("1", "r-1"))).toBe("r-1");
    expect(await workspace().putModel(model("1", "r-2"))).toBe("r-1");
    expect(await workspace().nextModelVersion(digits.model)).toBe(2);
  });

  test("are known by their run though somebody has taken their tags away, and others' are nobody's", async () => {
    const { client, inWorkspace } = digits.world.others;
    await workspace().putModel(model("1", "r-1"));
    const known = await client.modelVersions.get(...inWorkspace, digits.model, "1");
    await client.modelVersions.createOrUpdate(...inWorkspace, digits.model, "1", {
      properties: { ...known.properties, tags: {} },
    });
    expect(await workspace().putModel(model("1", "r-2"))).toBe("r-1");
    const theirs = { modelType: "custom_model", modelUri: "azureml://datastores/runs/paths/theirs" };
    await client.modelVersions.createOrUpdate(...inWorkspace, digits.model, "2", { properties: theirs });
    expect(await workspace().putModel(model("2", "r-2"))).toBeUndefined();
  });

  test("are found by the run that made them", async () => {
    await workspace().putModel(model("1", "r-1"));
    await workspace().putModel(model("2", "r-2"));
    expect(await workspace().modelVersionOf(digits.model, "r-1")).toBe("1");
    expect(await workspace().modelVersionOf(digits.model, "r-3")).toBeUndefined();
    expect(await workspace().modelVersionOf("nobody", "r-1")).toBeUndefined();
  });

  test("are counted on from numbers alone: others may name theirs as they like", async () => {
    const { client, inWorkspace } = digits.world.others;
    for (const version of ["7", "nightly"]) {
      const theirs = { modelType: "custom_model", modelUri: `azureml://datastores/runs/paths/theirs-${version}` };
      await client.modelVersions.createOrUpdate(...inWorkspace, digits.model, version, { properties: theirs });
    }
    expect(await workspace().nextModelVersion(digits.model)).toBe(8);
  });
});

describe("jobs", () => {
  test("have the limit that the definition gives them: its durations are milliseconds, the workspace's ISO 8601", async () => {
    const project = projectYaml(digits.model).replace("timeout: 1h", "timeout: 90s").replace("cpu-cluster", "no-place");
    await digits.world.apply(project, { "training/train.sh": goodTraining });
    const runId = await digits.submit(1);
    const { client, inWorkspace } = digits.world.others;
    const { properties } = await client.jobs.get(...inWorkspace, runId);
    expect("limits" in properties && properties.limits?.timeout).toBe("PT90S");
    expect(await workspace().job(runId)).toMatchObject({ timeout: 90_000, status: "Queued" });
    expect((await digits.record(runId))?.startTimeout).toBe(86_400_000);
  });

  test("are active from when they are submitted until they have ended, those of Ratchet's alone", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit(1);
    const { client, inWorkspace } = digits.world.others;
    const { properties } = await client.jobs.get(...inWorkspace, runId);
    const { command, environmentId, computeId } = properties as unknown as Record<string, string>;
    const theirs = {
      jobType: "Command",
      command: "sleep 60",
      environmentId,
      computeId,
      tags: { theirs: "yes" },
    };
    expect(command).toContain("train.sh");
    await client.jobs.createOrUpdate(...inWorkspace, `theirs-${digits.model}`, { properties: theirs as never });
    expect(await workspace().activeJobs()).toContain(runId);
    expect(await workspace().activeJobs()).not.toContain(`theirs-${digits.model}`);
    await workspace().cancel(runId);
    await client.jobs.beginCancelAndWait(...inWorkspace, `theirs-${digits.model}`);
    await digits.world.told(runId, "Canceled");
    expect(await workspace().activeJobs()).not.toContain(runId);
    await workspace().cancel(runId);
    await workspace().cancel(`${digits.model}-00000000000000ff`);
  });
});
