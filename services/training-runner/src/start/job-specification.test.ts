import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDefinition, paths, type Run } from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectYaml } from "../testing/project-yaml.ts";
import { environmentOf, jobSpecification } from "./job-specification.ts";

const run = {
  model: "digits",
  runId: "digits-0f1e2d3c4b5a6978",
  version: "7",
  dataset: { digest: "d".repeat(64), through: 1, batches: 1 },
  definitionVersion: "0123456789abcdef",
  warmStart: { version: "6", runId: "digits-aaaaaaaaaaaaaaaa" },
  reason: "data",
  status: "claimed",
  claimedAt: "2026-11-23T09:00:00.000Z",
} satisfies Run;
const parts = { code: "c".repeat(64), environmentId: "environment", computeId: "compute" };
const specify = (more: Pick<Partial<Run>, "warmStart"> = {}, training = "") =>
  jobSpecification({ ...run, ...more }, parseDefinition(projectYaml("digits", training)), parts);

describe("a run's job", () => {
  test("reads and writes in the run's folders, and starts from the champion's", () => {
    const { inputs, outputs, limits } = specify();
    expect(inputs).toMatchObject({
      code: {
        jobInputType: "uri_folder",
        uri: `azureml://datastores/code/paths/${paths.codeSnapshot("c".repeat(64))}`,
      },
      parts: { jobInputType: "uri_folder", uri: "azureml://datastores/datasets/paths/digits/parts" },
      list: { jobInputType: "uri_file", uri: `azureml://datastores/datasets/paths/digits/${"d".repeat(64)}.parts` },
      warm_start: { uri: "azureml://datastores/runs/paths/digits-aaaaaaaaaaaaaaaa/model" },
    });
    expect(outputs).toMatchObject({
      model: { uri: "azureml://datastores/outputs/paths/digits-0f1e2d3c4b5a6978/model" },
      done: { uri: "azureml://datastores/outputs/paths/digits-0f1e2d3c4b5a6978/done" },
    });
    expect(limits).toEqual({ jobLimitsType: "Command", timeout: "PT3600S" });
  });

  test("has no warm start where there is no champion to start from", () => {
    expect(Object.keys(specify({ warmStart: null }).inputs ?? {})).toEqual(["code", "parts", "list"]);
  });

  test("runs with the definition's environment variables over its own", () => {
    const training = "  environmentVariables: { PYTHONUNBUFFERED: '0', EPOCHS: '3' }";
    expect(specify({}, training).environmentVariables).toMatchObject({
      PYTHONUNBUFFERED: "0",
      EPOCHS: "3",
      RATCHET_RUN_ID: run.runId,
    });
  });
});

describe("the environment of an image", () => {
  test("is the same version for the same image and another for another", () => {
    const image = "mcr.microsoft.com:443/azureml/acpt-pytorch-2.8:latest";
    expect(environmentOf(image).name).toBe("ratchet-acpt-pytorch-2-8");
    expect(environmentOf(image)).toEqual(environmentOf(image));
    expect(environmentOf(`${image}@sha256:${"0".repeat(64)}`).version).not.toBe(environmentOf(image).version);
    expect(environmentOf(`${image}@sha256:${"0".repeat(64)}`).name).toBe("ratchet-acpt-pytorch-2-8");
  });
});

describe("the job's command", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "job-command-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A place for a run, and the command with paths for placeholders as Azure ML puts them. */
  async function prepare(script: string, more: Parameters<typeof specify>[0] = {}, command = "sh train.sh") {
    const place = await mkdtemp(join(folder, "a run "));
    for (const name of ["code", "parts", "warm_start", "model", "done"]) await mkdir(join(place, name));
    for (const name of ["a.csv", "b.csv", "c.csv"]) await writeFile(join(place, "parts", name), name);
    await writeFile(join(place, "list"), "b.csv\na.csv\n");
    await writeFile(join(place, "code", "train.sh"), script);
    const line = specify(more)
      .command.replace("sh train.sh", command)
      .replaceAll(/\$\{\{(?:inputs|outputs)\.(\w+)\}\}/g, (_all, name: string) => join(place, name));
    return { place, line };
  }

  /** Runs the command as Azure ML does: bash, in a folder of the job's. */
  async function execute(...what: Parameters<typeof prepare>) {
    const { place, line } = await prepare(...what);
    const exitCode = await new Promise<number>((resolve) => {
      execFile("bash", ["-c", line], { cwd: place }, (error) => resolve(error ? Number(error.code) : 0));
    });
    const read = (path: string) => readFile(join(place, path), "utf8");
    return { exitCode, read, done: JSON.parse(await read("done/_DONE.json")) };
  }

  test("hands three folders to the user's, keeps its output and says at last how it has ended", async () => {
    const { exitCode, read, done } = await execute(
      'echo "$1 $3 $5"; ls -d "$2" "$4" "$6" > /dev/null && echo all there; echo oh >&2; echo onnx > "$6/model.onnx"',
    );
    expect(exitCode).toBe(0);
    expect(done).toEqual({ runId: run.runId, exitCode: 0 });
    expect(await read("done/output.log")).toBe("--train --warm-start --out\nall there\noh\n");
    expect(await read("model/model.onnx")).toBe("onnx\n");
  });

  test("hands the user's the files of the run's data, and no others that are mounted", async () => {
    const { read } = await execute('ls "$2"; cat "$2"/*');
    expect(await read("done/output.log")).toBe("000001.csv\n000002.csv\nb.csva.csv");
  });

  test("ends as the user's has ended and says so, whatever the exit code", async () => {
    const { exitCode, done, read } = await execute("echo broken >&2; exit 3");
    expect(exitCode).toBe(3);
    expect(done).toEqual({ runId: run.runId, exitCode: 3 });
    expect(await read("done/output.log")).toBe("broken\n");
  });

  test("says how the user's has ended even where that leaves the shell itself", async () => {
    const { exitCode, done } = await execute("", {}, "exit 4;");
    expect([exitCode, done.exitCode]).toEqual([4, 4]);
  });

  test.each([
    ["at once", "echo half way; while :; do sleep 1; done", "half way\n", 143],
    [
      "in its own time",
      "trap 'echo saved; exit 5' TERM; echo half way; while :; do sleep 0.1; done",
      "half way\nsaved\n",
      5,
    ],
  ])("keeps the output of a command that is told to stop and does so %s", async (_how, script, output, code) => {
    const { place, line } = await prepare(script);
    const child = spawn("bash", ["-c", line], { cwd: place, detached: true, stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    process.kill(-Number(child.pid), "SIGTERM");
    const [exitCode] = await once(child, "exit");
    expect(exitCode).toBe(code);
    // A shell whose child was signalled too may say "Terminated" between the lines.
    const kept = (await readFile(join(place, "done/output.log"), "utf8")).replaceAll("Terminated\n", "");
    expect(kept).toBe(output);
    expect(JSON.parse(await readFile(join(place, "done/_DONE.json"), "utf8"))).toMatchObject({ exitCode: code });
  });

  test("hands an empty folder to start from where there is nothing to start from", async () => {
    const { read } = await execute('ls -A "$4" | wc -l | tr -d " "', { warmStart: null });
    expect(await read("done/output.log")).toBe("0\n");
  });
});
