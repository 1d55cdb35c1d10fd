// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are written as Azure ML has them
import type { CommandJob } from "@azure/arm-machinelearning";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { lives } from "./testing/lives.ts";
import { startWorkspace, type WorkspaceUnderTest } from "./testing/workspace-under-test.ts";

let workspace: WorkspaceUnderTest;

beforeAll(async () => {
  workspace = await startWorkspace();
  await workspace.createEnvironment();
});
beforeEach(() => {
  workspace.output.length = 0;
});
afterAll(() => workspace.close());

const distributed = (instanceCount: number, processCountPerInstance: number) =>
  ({
    resources: { instanceCount },
    distribution: { distributionType: "PyTorch", processCountPerInstance },
  }) satisfies Partial<CommandJob>;

const logOf = (job: string, name: string) =>
  workspace.readBlob("azureml", `ExperimentRun/dcid.${job}/user_logs/${name}.txt`);

/** The number that a rank has written, once it has. */
const numberOf = (rank: number) =>
  vi.waitUntil(
    () => Number(workspace.output.find((line) => line.startsWith(`rank ${rank}: `))?.slice(8)) || undefined,
    {
      timeout: 15_000,
    },
  );

describe("a distributed job", () => {
  test("is so many processes on so many machines, each told its place by Azure ML's variables", async () => {
    const said = "$RANK of $WORLD_SIZE, $LOCAL_RANK on $NODE_RANK, $MASTER_ADDR:$MASTER_PORT";
    await workspace.submit("places", { command: `echo "${said}"`, ...distributed(2, 2) });
    expect((await workspace.ended("places")).properties.status).toBe("Completed");
    const logs = await Promise.all([0, 1, 2, 3].map((rank) => logOf("places", `std_log_process_${rank}`)));
    const port = /:(\d{4,5})\n$/.exec(logs[0] ?? "")?.[1];
    expect(logs).toEqual(
      ["0 of 4, 0 on 0", "1 of 4, 1 on 0", "2 of 4, 0 on 1", "3 of 4, 1 on 1"].map(
        (place) => `${place}, 127.0.0.1:${port}\n`,
      ),
    );
    expect(workspace.output.toSorted().map((line) => line.slice(0, 9))).toEqual(
      [0, 1, 2, 3].map((rank) => `rank ${rank}: ${rank}`),
    );
  });

  test("has a working folder for each machine, and one output for all", async () => {
    const command =
      'echo here > "mine-$RANK"; until [ -e "mine-0" -a -e "mine-1" -o -e "mine-2" -a -e "mine-3" ]; do sleep 0.02; done; ls > "${{outputs.seen}}/$RANK"';
    const uri = "azureml://datastores/runs/paths/folders";
    const outputs = { seen: { jobOutputType: "uri_folder", uri } } as const;
    await workspace.submit("folders", { command, outputs, ...distributed(2, 2) });
    expect((await workspace.ended("folders")).properties.status).toBe("Completed");
    const seen = await Promise.all([0, 1, 2, 3].map((rank) => workspace.readBlob("runs", `folders/${rank}`)));
    expect(seen).toEqual(["mine-0\nmine-1\n", "mine-0\nmine-1\n", "mine-2\nmine-3\n", "mine-2\nmine-3\n"]);
  });

  test("is shown as it was put, and its logs are numbered alike", async () => {
    const { properties } = await workspace.submit("shown", { command: "echo $RANK", ...distributed(1, 11) });
    expect(properties).toMatchObject(distributed(1, 11));
    expect((await workspace.ended("shown")).properties).toMatchObject({ status: "Completed", ...distributed(1, 11) });
    expect(await logOf("shown", "std_log_process_03")).toBe("3\n");
    await workspace.submit("shown", { command: "echo $RANK", ...distributed(1, 11) });
    await expect(workspace.submit("shown", { command: "echo $RANK", ...distributed(1, 12) })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("the existing job's distribution cannot be changed"),
    });
  });

  test("of which one process fails is stopped whole, and says which it was and why", async () => {
    const waiting = "sleep 300 & echo $!; touch ready-$RANK; wait";
    const failing = 'until [ -e ready-0 -a -e ready-2 ]; do sleep 0.02; done; echo "no such column" >&2; exit 3';
    const command = `if [ $RANK = 1 ]; then ${failing}; else ${waiting}; fi`;
    await workspace.submit("one-fails", { command, ...distributed(1, 3) });
    const { properties } = await workspace.ended("one-fails");
    expect(properties.status).toBe("Failed");
    expect(properties.properties?.["error.message"]).toBe(
      "The process of rank 1 ended with exit code 3. Its last lines of output:\nno such column",
    );
    const started = await Promise.all([numberOf(0), numberOf(2)]);
    expect(started.map(lives)).toEqual([false, false]);
    expect(await logOf("one-fails", "std_log_process_1")).toBe("no such column\n");
  });

  test("of which one process is killed ends with that, and with SIGKILL what ignores SIGTERM", async () => {
    const command = "[ $RANK = 0 ] && trap '' TERM; echo $$; while :; do sleep 0.05; done";
    await workspace.submit("one-killed", { command, ...distributed(2, 1) });
    const [stubborn, killed] = await Promise.all([numberOf(0), numberOf(1)]);
    process.kill(killed, "SIGKILL");
    const { properties } = await workspace.ended("one-killed");
    expect(properties.properties?.["error.message"]).toMatch(/^The process of rank 1 was killed by SIGKILL\./);
    expect(lives(stubborn)).toBe(false);
  });

  test("that is cancelled leaves no process", async () => {
    await workspace.submit("cancelled", {
      command: "sleep 300 & echo $!; wait",
      ...distributed(1, 2),
    });
    const started = await Promise.all([numberOf(0), numberOf(1)]);
    await workspace.client.jobs.beginCancelAndWait(...workspace.inWorkspace, "cancelled");
    expect((await workspace.get("cancelled")).properties.status).toBe("Canceled");
    expect(started.map(lives)).toEqual([false, false]);
  });

  test.each<[string, Partial<CommandJob>, string]>([
    ["of another kind", { distribution: { distributionType: "Mpi" } }, "The distribution type 'Mpi' is not run here"],
    ["of no process", distributed(1, 0), "'properties.distribution.processCountPerInstance' is 0; a whole number"],
    ["on half a machine", distributed(0.5, 1), "'properties.resources.instanceCount' is 0.5; a whole number"],
    [
      "on several machines without a distribution",
      { resources: { instanceCount: 2 } },
      "'properties.resources.instanceCount' is 2, and without a 'distribution'",
    ],
  ])("%s is refused with its name", async (_what, job, message) => {
    await expect(workspace.submit("refused", { command: "true", ...job })).rejects.toMatchObject({
      statusCode: 400,
      code: "UserError",
      message: expect.stringContaining(message),
    });
  });
});
