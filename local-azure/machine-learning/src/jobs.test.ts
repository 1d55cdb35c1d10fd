// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are written as Azure ML has them
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { lives } from "./testing/lives.ts";
import { startWorkspace, type WorkspaceUnderTest } from "./testing/workspace-under-test.ts";

let workspace: WorkspaceUnderTest;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "machine-learning-jobs-"));
  workspace = await startWorkspace();
  await workspace.createEnvironment();
});
beforeEach(() => {
  workspace.events.length = 0;
  workspace.output.length = 0;
});
afterAll(async () => {
  await workspace.close();
  await rm(folder, { recursive: true, force: true });
});

const folderAt = (path: string) => ({
  jobInputType: "uri_folder" as const,
  mode: "ReadOnlyMount" as const,
  uri: `azureml://datastores/runs/paths/${path}`,
});
const outputAt = (path: string) => ({
  jobOutputType: "uri_folder" as const,
  mode: "ReadWriteMount" as const,
  uri: `azureml://datastores/runs/paths/${path}`,
});
const standardLog = (job: string) => workspace.readBlob("azureml", `ExperimentRun/dcid.${job}/user_logs/std_log.txt`);

describe("a job's command", () => {
  test("reads its code and inputs, and what it writes to its outputs is uploaded", async () => {
    await workspace.putBlob("code", "sha-1/main.sh", 'cat "$1"/a.txt "$1"/deep/b.txt > "$2"/both.txt\n');
    await workspace.putBlob("runs", "r1/train/a.txt", "one ");
    await workspace.putBlob("runs", "r1/train/deep/b.txt", "two");
    await workspace.putBlob("runs", "r1/trainer.txt", "not below train/");
    const { id: codeId } = await workspace.client.codeVersions.createOrUpdate(
      ...workspace.inWorkspace,
      "code",
      "sha-1",
      {
        properties: { codeUri: `${workspace.blobEndpoint}/code/sha-1` } as object,
      },
    );
    const created = await workspace.submit("io", {
      codeId: codeId ?? "",
      command:
        "sh main.sh ${{inputs.train}} ${{ outputs.model }} && ls ${{inputs.train}} && echo {} > ${{outputs.model}}/_DONE.json",
      inputs: { train: folderAt("r1/train") },
      outputs: { model: outputAt("r1/model") },
    });
    expect(created.properties.status).toBe("NotStarted");
    expect((await workspace.ended("io")).properties.status).toBe("Completed");
    expect(await workspace.readBlob("runs", "r1/model/both.txt")).toBe("one two");
    expect(await standardLog("io")).toBe("a.txt\ndeep\n");
    expect(workspace.output).toEqual(["a.txt", "deep"]);
    expect(await workspace.blobNames("runs", "r1/model/")).toEqual(["r1/model/_DONE.json", "r1/model/both.txt"]);
  });

  test("does not read code outside of the workspace's own account", async () => {
    await workspace.client.codeVersions.createOrUpdate(...workspace.inWorkspace, "foreign", "1", {
      properties: { codeUri: "https://elsewhere.example/account/code/sha-1" },
    });
    await expect(
      workspace.submit("foreign", { codeId: "azureml:foreign:1", command: "true", inputs: {}, outputs: {} }),
    ).rejects.toThrow("The code 'azureml:foreign:1' is outside of the workspace's own storage account.");
  });

  test("writes a file last of all, and of all outputs it is uploaded last", async () => {
    const several = "for i in 1 2 3; do head -c 8000000 /dev/zero > ${{outputs.model}}/big$i; done";
    await workspace.submit("last", {
      command: `${several}; echo {} > \${{outputs.done}}/_DONE.json`,
      outputs: { done: outputAt("last/done"), model: outputAt("last/model") },
    });
    await workspace.ended("last");
    const written = () => workspace.blobsWritten.filter((blob) => blob.startsWith("runs/blobs/last/"));
    await vi.waitUntil(() => written().length >= 4, { timeout: 15_000 });
    expect(written()).toHaveLength(4);
    expect(written().at(-1)).toBe("runs/blobs/last/done/_DONE.json");
  });

  test("can take literals, single files, other jobs' outputs and plain URLs", async () => {
    await workspace.putBlob("runs", "r2/one.csv", "1,2");
    await workspace.submit("producer", {
      command: "echo made > ${{outputs.made}}/x.txt",
      outputs: { made: { jobOutputType: "uri_folder" } },
    });
    await workspace.ended("producer");
    await workspace.submit("consumer", {
      command:
        "echo ${{inputs.epochs}}; cat ${{inputs.file}}; echo; cat ${{inputs.earlier}}/x.txt; echo ${{inputs.direct}}",
      inputs: {
        epochs: { jobInputType: "literal", value: "3" },
        file: { jobInputType: "uri_file", uri: `${workspace.blobEndpoint}/runs/r2/one.csv` },
        earlier: { jobInputType: "uri_folder", uri: "azureml://jobs/producer/outputs/made" },
        direct: { jobInputType: "uri_folder", mode: "Direct", uri: "azureml://datastores/runs/paths/r2" },
      },
    });
    expect((await workspace.ended("consumer")).properties.status).toBe("Completed");
    expect(await standardLog("consumer")).toBe("3\n1,2\nmade\nazureml://datastores/runs/paths/r2\n");
  });

  test("has the job's environment variables and Azure ML's, and none of this process's secrets", async () => {
    vi.stubEnv("SOME_SECRET", "hidden");
    await workspace.submit("environment", {
      command: "echo $GREETING $AZUREML_RUN_ID $AZUREML_ARM_WORKSPACE_NAME [$SOME_SECRET]",
      environmentVariables: { GREETING: "hello" },
    });
    await workspace.ended("environment");
    vi.unstubAllEnvs();
    expect(workspace.output).toEqual(["hello environment workspace []"]);
  });

  test("leaves what it writes to ./outputs among the run's artifacts", async () => {
    await workspace.submit("artifacts", { command: "mkdir outputs && echo yes > outputs/trigger" });
    await workspace.ended("artifacts");
    expect(await workspace.readBlob("azureml", "ExperimentRun/dcid.artifacts/outputs/trigger")).toBe("yes\n");
  });

  test("shows its lines while it runs", async () => {
    const gate = join(folder, "gate");
    await workspace.submit("live", { command: `echo waiting; until [ -e ${gate} ]; do sleep 0.05; done` });
    await vi.waitUntil(() => workspace.output.includes("waiting"), { timeout: 15_000 });
    expect((await workspace.get("live")).properties.status).toBe("Running");
    await vi.waitUntil(async () => (await standardLog("live").catch(() => "")) === "waiting\n", { timeout: 15_000 });
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "live");
  });
});

describe("a job's end", () => {
  test("is Failed with the last lines of its error output when the command fails, and its outputs are kept", async () => {
    await workspace.submit("failing", {
      command: "echo half > ${{outputs.model}}/half.txt; echo cannot read row 7 >&2; exit 3",
      outputs: { model: outputAt("failing/model") },
    });
    const { properties } = await workspace.ended("failing");
    expect(properties.status).toBe("Failed");
    expect(properties.properties?.["error.message"]).toMatch(/exit code 3.*\ncannot read row 7$/);
    expect(await workspace.readBlob("runs", "failing/model/half.txt")).toBe("half\n");
  });

  test("is Failed with the last lines of what it wrote when its errors went with the rest", async () => {
    await workspace.submit("piped", { command: "{ echo no such column >&2; exit 1; } 2>&1 | tee log; exit 4" });
    const { properties } = await workspace.ended("piped");
    expect(properties.properties?.["error.message"]).toMatch(/exit code 4.*\nno such column$/);
  });

  test("is Failed with a reason when an input is not there", async () => {
    await workspace.submit("no-input", {
      command: "ls ${{inputs.train}}",
      inputs: { train: folderAt("nothing/here") },
    });
    const { properties } = await workspace.ended("no-input");
    expect(properties).toMatchObject({ status: "Failed" });
    expect(properties.properties?.["error.message"]).toBe(
      "The input 'train' has nothing at azureml://datastores/runs/paths/nothing/here.",
    );
  });

  test("is Canceled when it runs past its limit, and its processes are gone", async () => {
    await workspace.submit("slow", {
      command: "sleep 300 & echo $!; sleep 300",
      limits: { jobLimitsType: "Command", timeout: "PT1S" },
    });
    const { properties } = await workspace.ended("slow");
    expect(properties).toMatchObject({ status: "Canceled", properties: { "error.code": "JobTimedOut" } });
    expect(lives(Number(workspace.output[0]))).toBe(false);
  });

  test("leaves no process behind that the command started and did not wait for", async () => {
    await workspace.submit("daemon", { command: "sleep 300 & echo $!" });
    expect((await workspace.ended("daemon")).properties.status).toBe("Completed");
    expect(lives(Number(workspace.output[0]))).toBe(false);
  });
});

describe("cancelling", () => {
  test("ends a job with SIGTERM first, so that it can tidy up", async () => {
    await workspace.submit("polite", {
      command: "trap 'echo tidied; exit 0' TERM; echo up; while :; do sleep 0.05; done",
    });
    await vi.waitUntil(() => workspace.output.includes("up"), { timeout: 15_000 });
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "polite");
    expect((await workspace.get("polite")).properties.status).toBe("Canceled");
    expect(workspace.output).toContain("tidied");
  });

  test("ends a job that ignores SIGTERM with SIGKILL", async () => {
    await workspace.submit("stubborn", { command: "trap '' TERM; echo $$; while :; do sleep 0.05; done" });
    await vi.waitUntil(() => workspace.output.length > 0, { timeout: 15_000 });
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "stubborn");
    expect((await workspace.get("stubborn")).properties.status).toBe("Canceled");
    expect(lives(Number(workspace.output[0]))).toBe(false);
  });

  test("takes a job out of the queue that has not run yet, and the one before it goes on", async () => {
    await workspace.submit("first", { command: "echo up; while :; do sleep 0.05; done" });
    await workspace.submit("second", { command: "echo never" });
    await vi.waitUntil(() => workspace.output.includes("up"), { timeout: 15_000 });
    await workspace.jobWith("second", ["Queued"]);
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "second");
    expect((await workspace.get("second")).properties.status).toBe("Canceled");
    expect((await workspace.get("first")).properties.status).toBe("Running");
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "first");
    expect(workspace.output).toEqual(["up"]);
  });

  test("of a job that has ended changes nothing", async () => {
    await workspace.submit("over", { command: "true" });
    await workspace.ended("over");
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "over");
    expect((await workspace.get("over")).properties.status).toBe("Completed");
  });
});

describe("events", () => {
  const statuses = (job: string) =>
    workspace.events
      .filter(({ type, data }) => type.endsWith("RunStatusChanged") && data["runId"] === job)
      .map(({ data }) => data["runStatus"]);

  test("tell each status in its order, and RunCompleted at the end of a success", async () => {
    await workspace.submit("told", { command: "true", experimentName: "penguins", tags: { model: "penguins" } });
    await workspace.ended("told");
    await vi.waitUntil(() => workspace.events.some(({ type }) => type.endsWith("RunCompleted")), { timeout: 15_000 });
    expect(statuses("told")).toEqual(["Starting", "Preparing", "Queued", "Running", "Finalizing", "Completed"]);
    const completed = workspace.events.at(-1);
    expect(completed).toMatchObject({
      specversion: "1.0",
      type: "Microsoft.MachineLearningServices.RunCompleted",
      source:
        "/subscriptions/sub/resourceGroups/group/providers/Microsoft.MachineLearningServices/workspaces/workspace",
      subject: expect.stringMatching(/^experiments\/[0-9a-f-]{36}\/runs\/told$/),
      data: { experimentName: "penguins", runId: "told", runTags: { model: "penguins" } },
    });
  });

  test("of a cancelled run go from the request to the end, whatever its process still does", async () => {
    await workspace.submit("told-canceled", { command: "echo up; while :; do sleep 0.05; done" });
    await vi.waitUntil(() => workspace.output.includes("up"), { timeout: 15_000 });
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "told-canceled");
    await vi.waitUntil(() => statuses("told-canceled").at(-1) === "Canceled", { timeout: 15_000 });
    expect(statuses("told-canceled").slice(-3)).toEqual(["Running", "CancelRequested", "Canceled"]);
  });

  test("of a failed run end in its status and hold no RunCompleted", async () => {
    await workspace.submit("told-failed", { command: "false" });
    await workspace.ended("told-failed");
    await vi.waitUntil(() => statuses("told-failed").at(-1) === "Failed", { timeout: 15_000 });
    expect(workspace.events.filter(({ type }) => type.endsWith("RunCompleted"))).toEqual([]);
  });
});

describe("submitting", () => {
  test.each([
    [
      "an unknown input",
      { command: "ls ${{inputs.nope}}" },
      "'${{inputs.nope}}' in the command names none of the job's inputs (none)",
    ],
    [
      "a binding of another kind",
      { command: "ls ${{search_space.lr}}" },
      "'${{search_space.lr}}' in the command is no binding",
    ],
    ["a compute that does not exist", { command: "ls", computeId: "azureml:gpu" }, "The compute 'gpu' does not exist"],
    [
      "an environment that does not exist",
      { command: "ls", environmentId: "azureml:other:1" },
      "The environment 'azureml:other:1' does not exist",
    ],
    [
      "a datastore that does not exist",
      {
        command: "ls",
        outputs: { o: { jobOutputType: "uri_folder" as const, uri: "azureml://datastores/d/paths/x" } },
      },
      "The datastore 'd'",
    ],
    [
      "a URI of another storage",
      { command: "ls", outputs: { o: { jobOutputType: "uri_folder" as const, uri: "s3://x/y" } } },
      "'s3://x/y' cannot be read",
    ],
    [
      "a limit of no time",
      { command: "ls", limits: { jobLimitsType: "Command" as const, timeout: "PT0S" } },
      "'PT0S'; an ISO 8601 duration",
    ],
  ])("%s is refused with its name", async (_what, job, message) => {
    await expect(workspace.submit("refused", job)).rejects.toMatchObject({
      statusCode: 400,
      code: "UserError",
      message: expect.stringContaining(message),
    });
    await expect(workspace.get("refused")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("the same job twice runs it once", async () => {
    const count = join(folder, "count");
    const job = { command: `echo ran >> ${count}` };
    await workspace.submit("twice", job);
    await workspace.submit("twice", job);
    await workspace.ended("twice");
    await workspace.submit("twice", job);
    expect((await workspace.get("twice")).properties.status).toBe("Completed");
    expect(await readFile(count, "utf8")).toBe("ran\n");
  });

  test("another job under a name that exists is refused, new tags are merged", async () => {
    await workspace.submit("named", { command: "true", tags: { a: "1" } });
    await workspace.ended("named");
    await expect(workspace.submit("named", { command: "false" })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("the existing job's command cannot be changed"),
    });
    const amended = await workspace.submit("named", { command: "true", tags: { b: "2" } });
    expect(amended.properties).toMatchObject({ status: "Completed", tags: { a: "1", b: "2" } });
  });

  test("more jobs than a page holds are all listed, newest first", async () => {
    const names = Array.from({ length: 35 }, (_, index) => `many-${String(index).padStart(2, "0")}`);
    for (const name of names) await workspace.submit(name, { command: "true", tags: { many: "" } });
    const listed: string[] = [];
    for await (const { name } of workspace.client.jobs.list(...workspace.inWorkspace, { tag: "many" }))
      listed.push(name ?? "");
    expect(listed).toEqual(names.toReversed());
    await workspace.ended("many-34", 30_000);
  }, 60_000);
});

describe("a workspace that is opened again", () => {
  test("knows what ended, fails what ran, with a reason, and runs what waited", async () => {
    await workspace.submit("before", { command: "true" });
    await workspace.ended("before");
    await workspace.submit("running", { command: "echo $$; while :; do sleep 0.05; done" });
    await workspace.submit("waiting", { command: "echo my turn" });
    await workspace.jobWith("waiting", ["Queued"]);
    await vi.waitUntil(() => workspace.output.length > 0, { timeout: 15_000 });

    await workspace.restart();
    expect(lives(Number(workspace.output[0]))).toBe(false);
    expect((await workspace.get("before")).properties.status).toBe("Completed");
    expect((await workspace.get("running")).properties).toMatchObject({
      status: "Failed",
      properties: { "error.code": "WorkspaceStopped" },
    });
    expect((await workspace.ended("waiting")).properties.status).toBe("Completed");
    expect(workspace.output).toContain("my turn");
  });
});
