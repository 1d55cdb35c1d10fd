import { checkRun, paths, processStuck, queues, trainModel } from "@ratchet/contracts";
import { SweepError, TransientError } from "@ratchet/messaging";
import { markedAtLeast } from "@ratchet/state";
import { beforeEach, describe, expect, test } from "vitest";
import { openTrainings } from "../stores.ts";
import { batchId, endlessTraining, goodTraining, useDigits } from "../testing/digits.ts";
import { projectYaml } from "../testing/project-yaml.ts";

const digits = useDigits();

/** The clock of a test begins with it. */
let start = 0;
beforeEach(() => {
  start = Date.now();
});
const minute = (count: number) => new Date(start + count * 60_000);
const away = () => Promise.reject(new TransientError("503: the workspace is away"));
const looks = () => digits.heard(checkRun).map(({ data }) => data.look);
const stuck = () => digits.heard(processStuck).map(({ data }) => data);
const marks = async () =>
  (await Array.fromAsync(openTrainings(digits.world.runner.stores).marks())).map(({ key }) => key);

/** Has every minute swept. */
async function sweepFrom(first: number, last: number): Promise<void> {
  for (let count = first; count <= last; count += 1) await digits.world.sweep(minute(count));
}

describe("a run that nobody looks at any more", () => {
  test("is looked at again, one look at a time, though every look fails, and its end is learned", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    await digits.world.told(runId, "Completed");
    // The first look is tried as often as its queue says and goes to the dead-letter queue.
    for (let attempt = 0; attempt <= queues["training-ended"].retryDelays.length; attempt += 1)
      await expect(digits.world.deliver(digits.heard(checkRun)[0], minute(1), { job: away })).rejects.toThrow("away");
    await sweepFrom(1, 5);
    expect(looks()).toEqual([1]);
    await sweepFrom(6, 10);
    expect(looks()).toEqual([1, 2]);
    await expect(digits.world.deliver(digits.heard(checkRun).at(-1), minute(10), { job: away })).rejects.toThrow(
      "away",
    );
    await sweepFrom(11, 15);
    expect(looks()).toEqual([1, 2, 3]);
    await digits.world.deliver(digits.heard(checkRun).at(-1), minute(15));
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed"]);
    await sweepFrom(16, 30);
    expect(looks()).toEqual([1, 2, 3]);
  });

  test("is left alone as long as its looks are on their way", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit(1);
    await digits.world.told(runId, "Running");
    await digits.world.deliver(digits.heard(checkRun)[0], minute(1));
    await sweepFrom(1, 5);
    expect(looks()).toEqual([1, 2]);
    await digits.world.runner.workspace.cancel(runId);
  });

  test("has one chain of looks though the look that was given up comes after all", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit(1);
    await digits.world.told(runId, "Running");
    await sweepFrom(1, 10);
    const [first, second] = digits.heard(checkRun);
    await digits.world.deliver(first, minute(10));
    await digits.world.deliver(second, minute(10));
    await digits.world.deliver(first, minute(11));
    await digits.world.deliver(second, minute(11));
    expect(looks()).toEqual([1, 2, 3]);
    const record = await digits.record(runId);
    expect(record).toMatchObject({ look: 3 });
    expect(record).not.toHaveProperty("overdueSince");
    await digits.world.runner.workspace.cancel(runId);
  });

  test("is told to an operator after an hour, once until a look was done", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit(1);
    await sweepFrom(1, 59);
    expect(stuck()).toEqual([]);
    await sweepFrom(60, 200);
    expect(stuck()).toEqual([
      expect.objectContaining({ process: "training", about: runId, state: "submitted", reason: expect.any(String) }),
    ]);
    for (const said of digits.heard(processStuck)) expect(digits.world.recorder.timesSaid(said)).toBe(1);
    // It is not helped by ever more looks.
    expect(looks().length).toBeLessThan(12);
    await digits.world.runner.workspace.cancel(runId);
  });
});

describe("a claim of which no job has come", () => {
  test("though its message is given up is submitted by the look that the sweep sends", async () => {
    await digits.apply();
    const message = digits.command(1);
    // The slot is claimed, and nothing else was done.
    for (let nth = 1; !(await digits.running()); nth += 1)
      await expect(digits.world.deliverTo(digits.world.faulty(nth, "ends"), message)).rejects.toThrow("process");
    expect(await digits.runIds()).toEqual([]);
    expect(looks()).toEqual([]);
    await sweepFrom(1, 6);
    expect(looks()).toEqual([2]);
    await digits.world.deliver(digits.heard(checkRun)[0], minute(6));
    expect(digits.started()).toHaveLength(1);
    const runId = (await digits.running())?.runId ?? "";
    await digits.world.deliver(await digits.world.told(runId, "Completed"), minute(7));
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed"]);
  });

  test("and cannot come is given up: it waits, is told once, tried again later and later, and trained when it is mended", async () => {
    await digits.world.apply(projectYaml(digits.model).replace("cpu-cluster", "no-such-cluster"), {
      "training/train.sh": goodTraining,
    });
    await expect(digits.world.deliver(digits.command(1), minute(0))).rejects.toThrow("no-such-cluster");
    expect(await digits.slot()).toMatchObject({
      running: null,
      waiting: { through: 1, lookAt: minute(10).toISOString() },
      trouble: { claims: 1, reason: expect.stringContaining("no-such-cluster"), told: true },
    });
    expect(stuck()).toEqual([
      expect.objectContaining({
        process: "training",
        about: digits.model,
        reason: expect.stringContaining("no-such-cluster"),
        remedy: expect.stringContaining("ratchet apply"),
      }),
    ]);
    await sweepFrom(1, 9);
    expect(digits.heard(trainModel)).toEqual([]);
    await sweepFrom(10, 10);
    // Nobody's wish is new here: it waits again, and no message fails.
    await digits.world.deliver(digits.heard(trainModel)[0], minute(10));
    expect(await digits.slot()).toMatchObject({
      waiting: { lookAt: minute(30).toISOString() },
      trouble: { claims: 2, since: minute(0).toISOString() },
    });
    expect(stuck()).toHaveLength(1);
    // Applied anew, it is asked for without waiting for its time.
    await digits.apply();
    await sweepFrom(11, 12);
    expect(digits.heard(trainModel)).toHaveLength(2);
    await digits.world.deliver(digits.heard(trainModel)[1], minute(12));
    expect(digits.started().map(({ data }) => data.batches)).toEqual([[batchId(1)]]);
  });

  test("of a project that was applied anew is given up by the run's look as well, and the new project trained", async () => {
    await digits.apply();
    const putJob = away;
    await expect(digits.world.deliver(digits.command(1), undefined, { putJob })).rejects.toThrow("away");
    const { version } = await digits.apply(`${goodTraining}; echo new`);
    await digits.world.deliver(digits.heard(checkRun)[0], minute(3));
    await digits.world.deliver(digits.heard(trainModel)[0], minute(3));
    expect(digits.started().map(({ data }) => data.definitionVersion)).toEqual([version]);
    expect(stuck()).toEqual([]);
  });
});

describe("what waits in a free slot", () => {
  /** Ends a run, with a wish behind it whose message is lost. */
  async function leaveWaiting() {
    await digits.apply();
    const runId = await digits.submit(1);
    await digits.world.deliver(digits.command(2));
    await digits.world.deliver(await digits.world.told(runId, "Completed"), minute(0));
    digits.world.recorder.forget();
  }

  test("is asked for every five minutes until it is taken up", async () => {
    await leaveWaiting();
    await sweepFrom(1, 4);
    expect(digits.heard(trainModel)).toEqual([]);
    await sweepFrom(5, 15);
    expect(digits.heard(trainModel)).toHaveLength(2);
    for (const message of digits.heard(trainModel)) await digits.world.deliver(message, minute(15));
    expect(digits.started().map(({ data }) => data.batches)).toEqual([[batchId(1), batchId(2)]]);
    const runId = (await digits.running())?.runId ?? "";
    await digits.world.deliver(await digits.world.told(runId, "Completed"), minute(16));
    await sweepFrom(16, 40);
    expect(digits.heard(trainModel)).toHaveLength(2);
  });

  test("is asked for once per minute at most, whatever the number of instances", async () => {
    await leaveWaiting();
    await Promise.all([1, 2, 3].map(() => digits.world.sweep(minute(6))));
    expect(digits.heard(trainModel)).toHaveLength(1);
    for (const said of digits.heard(trainModel)) expect(digits.world.recorder.timesSaid(said)).toBe(1);
  });
});

describe("the models that are gone through", () => {
  test("are those whose slot is held or has something waiting, and for three hours after that", async () => {
    expect(markedAtLeast).toBe(10_800_000);
    await digits.apply();
    const runId = await digits.submit(1);
    expect(await marks()).toEqual([digits.model]);
    await digits.world.sweep(new Date(start + 20 * 3_600_000));
    expect(await marks()).toEqual([digits.model]);
    await digits.forgetSweeps();
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    await digits.world.sweep(new Date(Date.now() + 10_700_000));
    expect(await marks()).toEqual([digits.model]);
    await digits.world.sweep(new Date(Date.now() + 10_900_000));
    expect(await marks()).toEqual([]);
  });

  test("do not hold each other up where one cannot be looked at", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit(1);
    await openTrainings(digits.world.runner.stores).mark("broken");
    await digits.world.put("training", paths.trainingSlot("broken"), "no JSON");
    await expect(digits.world.sweep(minute(10))).rejects.toThrow(SweepError);
    expect(looks()).toEqual([1, 2]);
    await digits.world.runner.workspace.cancel(runId);
  });
});
