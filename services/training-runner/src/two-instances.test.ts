import { checkRun, type Envelope, evaluateModel, trainModel } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { isOver } from "./gateways/job-status.ts";
import type { Runner } from "./runner.ts";
import { giveUpClaim } from "./slot/give-up-claim.ts";
import { readRun } from "./stores.ts";
import { endlessTraining, goodTraining, useDigits } from "./testing/digits.ts";
import { projectYaml } from "./testing/project-yaml.ts";

/** Somebody else acts after every single call of a handler: on the same message, on another, against it. */

const plenty = 80;

const digits = useDigits();

/** Has a step go through, with somebody else acting after its first call, its second, and so on to its last. */
async function betweenAllCalls(
  before: () => Promise<void>,
  step: (runner: Runner) => Promise<void>,
  meanwhile: () => Promise<void>,
  after: (at: string) => Promise<void>,
): Promise<void> {
  for (let nth = 1; nth < plenty; nth += 1) {
    await before();
    const runner = digits.world.faulty(nth, "works", meanwhile);
    await step(runner);
    if (runner.calls() < nth) return;
    await after(`with somebody else after call ${nth}`);
  }
  throw new Error(`the step makes more than ${plenty} calls`);
}

/** Forgets the model's slot and runs, and what was said. */
async function forgetAll(): Promise<void> {
  for (const path of await digits.world.pathsOf("training", `${digits.model}/`))
    await digits.world.container("training").deleteBlob(path);
  await digits.forgetSweeps();
  digits.world.recorder.forget();
}

const timesSaid = (messages: readonly Pick<Envelope, "id">[]) =>
  messages.map((message) => digits.world.recorder.timesSaid(message));

/** The model's jobs that have not ended, or are not about to. */
async function activeJobs(): Promise<readonly string[]> {
  const active: string[] = [];
  for (const runId of await digits.world.runner.workspace.activeJobs()) {
    const status = (await digits.world.runner.workspace.job(runId))?.status ?? "";
    if (runId.startsWith(`${digits.model}-`) && !isOver(status) && status !== "CancelRequested") active.push(runId);
  }
  return active;
}

describe("a run that is being submitted", () => {
  const noPlace = () =>
    digits.world.apply(projectYaml(digits.model).replace("cpu-cluster", "no-place"), {
      "training/train.sh": goodTraining,
    });
  let asked = 0;
  /** A wish that there has not been before. */
  const wish = (through: number) => {
    asked += 1;
    return digits.command(through, { reason: "request", again: `wish ${asked}` });
  };

  async function cancelAll() {
    for (const runId of await activeJobs()) await digits.world.runner.workspace.cancel(runId);
  }

  test("by two instances on the same message is one job, said once", async () => {
    await noPlace();
    let message = wish(1);
    await betweenAllCalls(
      async () => {
        await forgetAll();
        await cancelAll();
        message = wish(1);
      },
      (runner) => digits.world.deliverTo(runner, message),
      () => digits.world.deliver(message),
      async (at) => {
        const { running, waiting } = await digits.slot();
        expect(waiting, at).toBeNull();
        expect(await digits.record(running?.runId ?? ""), at).toMatchObject({ status: "submitted" });
        expect(await activeJobs(), at).toEqual([running?.runId]);
        expect(digits.started(), at).toHaveLength(1);
        // Both have the message, and so the run in hand: saying it twice with one id is all that may come of that.
        expect(timesSaid(digits.started())[0], at).toBeLessThanOrEqual(2);
      },
    );
  }, 180_000);

  test("while its look comes to another instance is one job, said once, and looked at by one chain", async () => {
    await noPlace();
    let message = wish(1);
    await betweenAllCalls(
      async () => {
        await forgetAll();
        await cancelAll();
        message = wish(1);
      },
      (runner) => digits.world.deliverTo(runner, message),
      async () => {
        for (const look of digits.heard(checkRun)) await digits.world.deliver(look, new Date(Date.now() + 31_000));
      },
      async (at) => {
        const { running } = await digits.slot();
        expect(await activeJobs(), at).toEqual([running?.runId]);
        expect(timesSaid(digits.started()), at).toEqual([1]);
        const looks = digits.heard(checkRun).map(({ data }) => data.look);
        expect(new Set(looks).size, at).toBe(looks.length);
        expect(looks, at).toContain((await digits.record(running?.runId ?? ""))?.look);
      },
    );
  }, 180_000);

  test("while other wishes come to another instance holds the slot alone, and they wait as one", async () => {
    await noPlace();
    let messages = [wish(1), wish(2), wish(3)];
    await betweenAllCalls(
      async () => {
        await forgetAll();
        await cancelAll();
        messages = [wish(1), wish(2), wish(3)];
      },
      (runner) => digits.world.deliverTo(runner, messages[0]),
      async () => {
        for (const message of messages.slice(1)) await digits.world.deliver(message);
      },
      async (at) => {
        const { running, waiting } = await digits.slot();
        expect(await activeJobs(), at).toEqual([running?.runId]);
        expect(timesSaid(digits.started()), at).toEqual([1]);
        expect(Math.max(running?.dataset?.through ?? 0, waiting?.through ?? 0), at).toBe(3);
      },
    );
  }, 180_000);

  test("though its claim is given up and another takes the slot leaves one job at most, and that of the slot", async () => {
    await noPlace();
    let message = wish(1);
    await betweenAllCalls(
      async () => {
        await forgetAll();
        await cancelAll();
        message = wish(1);
      },
      (runner) => digits.world.deliverTo(runner, message),
      async () => {
        const { running } = await digits.slot();
        const run = running && (await readRun(digits.world.runner.stores, running.runId));
        // As the look does it: a claim that no job has come of.
        if (run?.status !== "claimed" || (await digits.world.runner.workspace.job(run.runId))) return;
        const { log } = digits.world.delivery("a look");
        await giveUpClaim(digits.world.runner, run, { now: new Date(), log }, "no job has come of it");
        await digits.world.deliver(wish(2));
      },
      async (at) => {
        const { running } = await digits.slot();
        expect(running, at).not.toBeNull();
        expect(await activeJobs(), at).toEqual([running?.runId]);
      },
    );
  }, 180_000);
});

describe("the end of a run", () => {
  test("that another message tells at the same time is said and done once", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    await digits.world.deliver(digits.command(2));
    const event = await digits.world.told(runId, "Completed");
    const paths = await digits.world.pathsOf("training", `${digits.model}/`);
    const before = new Map<string, string>();
    for (const path of paths) before.set(path, await digits.world.textOf("training", path));
    let number = 0;
    await betweenAllCalls(
      async () => {
        await forgetAll();
        for (const [path, text] of before) await digits.world.put("training", path, text);
      },
      (runner) => digits.world.deliverTo(runner, { ...event, id: "one" }),
      async () => {
        number += 1;
        await digits.world.deliver({ ...event, id: `another ${number}` });
      },
      async (at) => {
        expect(await digits.running(), at).toBeNull();
        expect(timesSaid(digits.ended()), at).toEqual([1]);
        expect(timesSaid(digits.heard(evaluateModel)), at).toEqual([1]);
        expect(timesSaid(digits.heard(trainModel)), at).toEqual([1]);
        expect((await digits.record(runId))?.concludedAt, at).toBeDefined();
      },
    );
  }, 180_000);

  test("at which a redelivered, old train-model comes starts nothing", async () => {
    await digits.apply();
    const message = digits.command(1);
    await digits.world.deliver(message);
    const runId = (await digits.running())?.runId ?? "";
    const event = await digits.world.told(runId, "Completed");
    await digits.world.deliverTo(
      digits.world.faulty(8, "works", () => digits.world.deliver(message)),
      event,
    );
    await digits.world.deliver(message);
    expect(digits.started()).toHaveLength(1);
    expect(await digits.running()).toBeNull();
  });
});

test("a job that was submitted for a claim that was given up is cancelled by the look of that claim", async () => {
  await digits.apply(endlessTraining);
  const message = digits.command(1);
  const { runner } = digits.world;
  const { workspace } = runner;
  let late: (() => Promise<unknown>) | undefined;
  const putJob = (...job: Parameters<typeof workspace.putJob>) => {
    late = () => workspace.putJob(...job);
    return Promise.reject(new Error("400: refused"));
  };
  await expect(digits.world.deliver(message, undefined, { putJob })).rejects.toThrow("refused");
  // The workspace has taken the job after all, when everybody had given it up.
  await late?.();
  const [runId = ""] = await digits.runIds();
  await digits.world.told(runId, "Running");
  await digits.world.deliver(digits.heard(checkRun)[0]);
  await digits.world.told(runId, "Canceled");
  expect(digits.started()).toEqual([]);
  expect(await digits.slot()).toMatchObject({ running: null, waiting: { through: 1 } });
});
