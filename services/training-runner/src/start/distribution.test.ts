import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDefinition, paths, run } from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useDigits } from "../testing/digits.ts";
import { projectYaml } from "../testing/project-yaml.ts";
import { jobSpecification } from "./job-specification.ts";

const dataset = { digest: "d".repeat(64), through: 1, batches: 1 };
const someRun = { ...run.example, dataset, warmStart: null };
const parts = { code: "c".repeat(64), environmentId: "environment", computeId: "compute" };
const specify = (training = "") => jobSpecification(someRun, parseDefinition(projectYaml("digits", training)), parts);

describe("a run's job", () => {
  test("says nothing of its processes where there is one", () => {
    const { resources, distribution, command } = specify("  instances: 1\n  processesPerInstance: 1");
    expect({ resources, distribution, command }).toEqual({
      resources: undefined,
      distribution: undefined,
      command: specify().command,
    });
    expect(command).not.toContain("RANK");
  });

  test.each([
    [4, 1],
    [1, 8],
    [4, 8],
  ])("on %i machines with %i processes each is a distributed one of Azure ML's", (instances, processesPerInstance) => {
    expect(specify(`  instances: ${instances}\n  processesPerInstance: ${processesPerInstance}`)).toMatchObject({
      resources: { instanceCount: instances },
      distribution: { distributionType: "PyTorch", processCountPerInstance: processesPerInstance },
    });
  });
});

describe("the command of a run on several processes", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "job-ranks-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs each rank's command as Azure ML does, all in one working folder, and gives their exit codes. */
  async function execute(script: string, ranks: readonly (string | undefined)[]) {
    const place = await mkdtemp(join(folder, "a run "));
    for (const name of ["code", "parts", "model", "done"]) await mkdir(join(place, name));
    await writeFile(join(place, "list"), "");
    await writeFile(join(place, "code", "train.sh"), script);
    const line = specify("  processesPerInstance: 3").command.replaceAll(
      /\$\{\{(?:inputs|outputs)\.(\w+)\}\}/g,
      (_all, name: string) => join(place, name),
    );
    const { RANK: _none, ...environment } = process.env;
    const exitCodes = await Promise.all(
      ranks.map((rank) => {
        const env = rank === undefined ? environment : { ...environment, RANK: rank };
        return new Promise<number>((resolve) => {
          execFile("bash", ["-c", line], { cwd: place, env }, (error) => resolve(error ? Number(error.code) : 0));
        });
      }),
    );
    const read = (path: string) => readFile(join(place, path), "utf8");
    return { exitCodes, read, list: async (path: string) => (await readdir(join(place, path))).sort() };
  }

  test("lets rank 0 alone write the model and the end, whatever the others write", async () => {
    const script = 'echo "said by $RANK"; echo "model of $RANK" > "$6/model.onnx"';
    const { exitCodes, read, list } = await execute(script, ["2", "0", "1"]);
    expect(exitCodes).toEqual([0, 0, 0]);
    expect(await read("model/model.onnx")).toBe("model of 0\n");
    expect(await list("done")).toEqual(["_DONE.json", "output.log"]);
    expect(await read("done/output.log")).toBe("said by 0\n");
    expect(JSON.parse(await read("done/_DONE.json"))).toEqual({ runId: someRun.runId, exitCode: 0 });
  });

  test("ends as the rank's own has ended, and leaves the log of one that failed beside the end of the run", async () => {
    const script = '[ "$RANK" = 1 ] || exit 0; echo "no such column" >&2; exit 3';
    const { exitCodes, read, list } = await execute(script, ["0", "1", "2"]);
    expect(exitCodes).toEqual([0, 3, 0]);
    expect(await list("done")).toEqual(["_DONE.json", "output-1.log", "output.log"]);
    expect(await read("done/output-1.log")).toBe("no such column\n");
  });

  test("leaves no log of a rank that was told to stop: another has failed then", async () => {
    const { exitCodes, list } = await execute("kill -TERM $$", ["1"]);
    expect(exitCodes).toEqual([143]);
    expect(await list("done")).toEqual([]);
  });

  test("does not run where Azure ML has told no rank: each process would take itself for the first", async () => {
    const { exitCodes, list } = await execute("echo ran > ran", [undefined]);
    expect(exitCodes).not.toEqual([0]);
    expect(await list(".")).toEqual(["code", "done", "list", "model", "parts"]);
  });
});

describe("a run on several processes", () => {
  const digits = useDigits();
  const processes = "  instances: 2\n  processesPerInstance: 2";

  test("completes when all have ended well, with the model and the metrics of rank 0", async () => {
    await digits.apply('echo "$RANK of $WORLD_SIZE" > "$6/model.onnx"; echo "metric rank=$RANK"', processes);
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed"]);
    expect(await digits.world.textOf("runs", paths.runModel(runId))).toBe("0 of 4\n");
    const { client, inWorkspace } = digits.world.others;
    const registered = await client.modelVersions.get(...inWorkspace, digits.model, "1");
    expect(Object.entries({ ...registered.properties.tags, ...registered.properties.properties })).toContainEqual([
      expect.stringMatching(/rank$/),
      "0",
    ]);
  });

  test("fails when another rank than 0 does, though rank 0 has left a model, and says what that one said", async () => {
    await digits.apply(
      'echo onnx > "$6/model.onnx"; [ "$RANK" = 3 ] || exit 0; echo "no such column" >&2; exit 5',
      processes,
    );
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Failed"));
    const [{ data } = { data: undefined }] = digits.ended();
    expect(data).toMatchObject({ runId, status: "failed" });
    expect(data?.reason).toMatch(
      /rank 3 ended with exit code 5[\s\S]*what rank 3 printed, which failed:\nno such column$/,
    );
  });
});
