import { paths, processStuck, run, trainingSlot } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { initial } from "../slot/training-slot.ts";
import { openTrainings, readSlot } from "../stores.ts";
import { endlessTraining, useDigits } from "../testing/digits.ts";

const digits = useDigits();

const start = Date.now();
const minute = (count: number) => new Date(start + count * 60_000);
const stuck = () => digits.heard(processStuck).map(({ data }) => data);
const documents = () => digits.world.documents("training");
const statusOf = async (runId: string) => (await digits.world.runner.workspace.job(runId))?.status;

/** Has a job run. */
async function running(): Promise<string> {
  await digits.apply(endlessTraining);
  const runId = await digits.submit(1);
  await digits.world.told(runId, "Running");
  return runId;
}

/** Has the slot know nothing of any run. */
const forget = () => documents().write(paths.trainingSlot(digits.model), trainingSlot, initial(digits.model), "any");

describe("a job that runs in the workspace", () => {
  test("is let be where its slot knows it, and its model is gone through by the other sweep", async () => {
    const runId = await running();
    for await (const mark of openTrainings(digits.world.runner.stores).marks()) await mark.unmark();
    await digits.world.sweepJobs(minute(10));
    expect(stuck()).toEqual([]);
    expect(await statusOf(runId)).toBe("Running");
    const marks = await Array.fromAsync(openTrainings(digits.world.runner.stores).marks());
    expect(marks.map(({ key }) => key)).toEqual([digits.model]);
    await digits.world.runner.workspace.cancel(runId);
  });

  test("though no slot knows it is told to an operator, once, and let be: its run may be somebody's", async () => {
    const runId = await running();
    await forget();
    for (const count of [10, 20, 30]) await digits.world.sweepJobs(minute(count));
    expect(stuck()).toEqual([
      expect.objectContaining({
        process: "training",
        about: runId,
        state: "stray",
        since: minute(10).toISOString(),
        reason: expect.stringContaining("no slot knows of it"),
      }),
    ]);
    for (const said of digits.heard(processStuck)) expect(digits.world.recorder.timesSaid(said)).toBe(1);
    expect(await statusOf(runId)).toBe("Running");
    expect((await readSlot(digits.world.runner.stores, digits.model)).strays).toEqual([
      { runId, since: minute(10).toISOString(), told: true },
    ]);
    await digits.world.runner.workspace.cancel(runId);
  });

  test("though its run has ended is told and cancelled", async () => {
    const runId = await running();
    const record = (await digits.record(runId)) ?? expect.fail("there is no record");
    const ended = { ...record, status: "failed" as const, failure: "x", endedAt: minute(0).toISOString() };
    await documents().write(paths.run(digits.model, runId), run, ended, "any");
    await forget();
    await digits.world.sweepJobs(minute(10));
    expect(stuck()).toEqual([expect.objectContaining({ about: runId, reason: expect.stringContaining("as failed") })]);
    await digits.world.told(runId, "Canceled");
  });

  test("is held against the slots every ten minutes, by one instance", async () => {
    const runId = await running();
    await forget();
    await digits.world.sweepJobs(minute(10));
    await digits.world.runner.workspace.cancel(runId);
    await digits.world.told(runId, "Canceled");
    let listed = 0;
    const { runner } = digits.world;
    const activeJobs = async () => {
      listed += 1;
      return [];
    };
    const counting = { ...runner, workspace: { ...runner.workspace, activeJobs } };
    await digits.world.sweepJobs(new Date(minute(10).getTime() + 1000), counting);
    await Promise.all([1, 2, 3].map(() => digits.world.sweepJobs(minute(20), counting)));
    expect(listed).toBe(1);
  });

  test("is believed when it is looked at, not when it was listed: it may have ended since", async () => {
    await digits.apply("true");
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    const { runner } = digits.world;
    const activeJobs = async () => [runId, `${digits.model}-00000000000000ff`, "jolly_pear"];
    await digits.world.sweepJobs(minute(10), { ...runner, workspace: { ...runner.workspace, activeJobs } });
    expect(stuck()).toEqual([]);
  });
});
