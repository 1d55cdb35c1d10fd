import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startWorkspace, type WorkspaceUnderTest } from "./testing/workspace-under-test.ts";

let workspace: WorkspaceUnderTest;

beforeAll(async () => {
  workspace = await startWorkspace();
});
afterAll(() => workspace.close());

async function namesOf(resources: AsyncIterable<{ readonly name?: string }>): Promise<readonly (string | undefined)[]> {
  const names: (string | undefined)[] = [];
  for await (const { name } of resources) names.push(name);
  return names;
}

describe("a model version", () => {
  const version = (changes: object = {}) => ({
    properties: { modelType: "custom_model", modelUri: "azureml://jobs/r1/outputs/model", jobName: "r1", ...changes },
  });
  const put = (name: string, number: string, changes?: object) =>
    workspace.client.modelVersions.createOrUpdate(...workspace.inWorkspace, name, number, version(changes));

  test.each(["../../escaped", "a/b", ".hidden", "x".repeat(256), "a b"])(
    "is refused under a name that is none, as are jobs and versions: %s",
    async (name) => {
      const { jobs } = workspace.client;
      const refused = { statusCode: 400, message: expect.stringContaining("cannot be the name of") };
      const properties = { jobType: "Command", command: "true", environmentId: "azureml:env:1" } as const;
      await expect(jobs.createOrUpdate(...workspace.inWorkspace, name, { properties })).rejects.toMatchObject(refused);
      await expect(put(name, "1")).rejects.toMatchObject(refused);
      await expect(put("never", name)).rejects.toMatchObject(refused);
    },
  );

  test("keeps what it was registered with, and its registration is told once", async () => {
    await put("penguins", "7", { properties: { sha256: "abc" }, tags: { gate: "passed" } });
    await put("penguins", "7", { properties: { sha256: "abc" }, tags: { gate: "passed" } });
    const found = await workspace.client.modelVersions.get(...workspace.inWorkspace, "penguins", "7");
    expect(found).toMatchObject({
      name: "7",
      type: "Microsoft.MachineLearningServices/workspaces/models/versions",
      properties: { modelUri: "azureml://jobs/r1/outputs/model", jobName: "r1", properties: { sha256: "abc" } },
    });
    const told = () => workspace.events.filter(({ type }) => type.endsWith(".ModelRegistered"));
    await vi.waitFor(() => expect(told().length).toBeGreaterThan(0), { timeout: 10_000 });
    expect(told()).toEqual([
      expect.objectContaining({
        subject: "models/penguins:7",
        data: {
          modelName: "penguins",
          modelVersion: "7",
          modelTags: { gate: "passed" },
          modelProperties: { sha256: "abc" },
        },
      }),
    ]);
  });

  test("cannot be given another model, while its tags can change", async () => {
    await put("fixed", "1");
    await expect(put("fixed", "1", { modelUri: "azureml://jobs/r2/outputs/model" })).rejects.toMatchObject({
      statusCode: 400,
      code: "UserError",
      message: expect.stringContaining("its modelUri cannot be changed"),
    });
    const amended = await put("fixed", "1", { tags: { stage: "production" } });
    expect(amended.properties).toMatchObject({
      modelUri: "azureml://jobs/r1/outputs/model",
      tags: { stage: "production" },
    });
  });

  test("makes its container, which counts on and lists the newest first", async () => {
    for (const number of ["1", "2", "3"]) await put("counted", number);
    const container = await workspace.client.modelContainers.get(...workspace.inWorkspace, "COUNTED");
    expect(container).toMatchObject({ name: "counted", properties: { latestVersion: "3", nextVersion: "4" } });
    const { modelVersions } = workspace.client;
    expect(await namesOf(modelVersions.list(...workspace.inWorkspace, "counted"))).toEqual(["3", "2", "1"]);
  });

  test("is found by its tags, by their names or with their values", async () => {
    await put("tagged", "1", { tags: { stage: "test", run: "r1" } });
    await put("tagged", "2", { tags: { stage: "test", run: "r=2" } });
    await put("tagged", "3");
    const tagged = (tags: string) =>
      namesOf(workspace.client.modelVersions.list(...workspace.inWorkspace, "tagged", { tags }));
    expect(await tagged("stage")).toEqual(["2", "1"]);
    expect(await tagged("stage,run=r1")).toEqual(["1"]);
    expect(await tagged("run=r=2")).toEqual(["2"]);
    expect(await tagged("run=r2")).toEqual([]);
  });

  test("that is deleted is not found, and a second deletion is no error", async () => {
    await put("gone", "1");
    const { modelVersions } = workspace.client;
    await modelVersions.delete(...workspace.inWorkspace, "gone", "1");
    await modelVersions.delete(...workspace.inWorkspace, "gone", "1");
    await expect(modelVersions.get(...workspace.inWorkspace, "gone", "1")).rejects.toMatchObject({ statusCode: 404 });
  });
});

test("code, environments and data are refused without what they are made of", async () => {
  const { codeVersions, environmentVersions } = workspace.client;
  await expect(codeVersions.createOrUpdate(...workspace.inWorkspace, "c", "1", { properties: {} })).rejects.toThrow(
    "'properties.codeUri' is required.",
  );
  await expect(
    environmentVersions.createOrUpdate(...workspace.inWorkspace, "e", "1", { properties: {} }),
  ).rejects.toThrow("'properties.image' or 'properties.build' is required.");
});

test("the versions of what does not exist are not an empty list but not found", async () => {
  const versions = workspace.client.codeVersions.list(...workspace.inWorkspace, "nobody");
  await expect(namesOf(versions)).rejects.toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
});

describe("the workspace", () => {
  test("shows itself, its computes and its datastores", async () => {
    const { client, inWorkspace } = workspace;
    const [group, name] = inWorkspace;
    expect(await client.workspaces.get(group, name)).toMatchObject({ name, provisioningState: "Succeeded" });
    expect(await namesOf(client.computeOperations.list(group, name))).toEqual(["cpu-cluster"]);
    expect(await client.computeOperations.get(group, name, "CPU-cluster")).toMatchObject({ name: "cpu-cluster" });
    expect(await namesOf(client.datastores.list(group, name))).toEqual([
      "workspaceblobstore",
      "workspaceartifactstore",
      "runs",
    ]);
    const runs = await client.datastores.get(group, name, "runs");
    expect(runs.properties).toMatchObject({ datastoreType: "AzureBlob", containerName: "runs" });
  });

  test("takes a new datastore, which its jobs can use at once", async () => {
    const { client, inWorkspace } = workspace;
    await client.datastores.createOrUpdate(...inWorkspace, "mine", {
      properties: {
        datastoreType: "AzureBlob",
        accountName: "account",
        containerName: "runs",
        credentials: { credentialsType: "None" },
      },
    });
    await workspace.createEnvironment();
    await workspace.submit("by-datastore", {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is written as Azure ML has it
      command: "echo hello > ${{outputs.there}}/hello.txt",
      outputs: { there: { jobOutputType: "uri_folder", uri: "azureml://datastores/mine/paths/by-datastore" } },
    });
    await workspace.ended("by-datastore");
    expect(await workspace.readBlob("runs", "by-datastore/hello.txt")).toBe("hello\n");
  });

  test("answers to its own name only", async () => {
    const { jobs } = workspace.client;
    await expect(jobs.get("group", "other", "j")).rejects.toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
    await expect(jobs.get("other", "workspace", "j")).rejects.toMatchObject({ code: "ResourceGroupNotFound" });
  });
});
