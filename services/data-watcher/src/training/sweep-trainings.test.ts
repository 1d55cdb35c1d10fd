import { randomUUID } from "node:crypto";
import { checkTrainingDue, paths, processStuck, trainModel } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { readWaiting } from "@ratchet/state";
import { forEveryEffect } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { moveAdmissions, openTrainings } from "../stores.ts";
import { goodFile, hours, minutes, startWatching, type Watching, yamlOf } from "../testing/watching.ts";
import { checkTraining } from "./check-training.ts";
import { sweepTrainings, trainingStuckAfter, trainingsSwept } from "./sweep-trainings.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 300_000 });

let watching: Watching;
let model: string;
let now: number;
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());
beforeEach(async () => {
  await watching.world.reset();
  model = await watching.newModel();
  now = Date.now();
});

const later = (milliseconds: number) => new Date(now + milliseconds);
const commands = () => watching.world.recorder.heard(trainModel);
const stuck = () => watching.world.recorder.heard(processStuck);
const models = async () => (await Array.fromAsync(openTrainings(watching.world.service).marks())).map(({ key }) => key);
const pending = async () => (await readWaiting(watching.world.service, model)).pending;

async function admit(from = 0): Promise<void> {
  const event = await watching.world.drop("drops", `${model}/${randomUUID()}.csv`, goodFile(from));
  await watching.takeIn(event, undefined, later(0));
}

const sweep = (at: Date, watcher = watching.watcher) =>
  sweepTrainings(watcher, watching.world.delivery(randomUUID(), at));

describe("batches whose look is lost", () => {
  test("are asked for a minute after they were due, and not before", async () => {
    expect(trainingsSwept).toBe(60_000);
    await admit();
    await sweep(later(119_999));
    expect(commands()).toEqual([]);
    await sweep(later(120_000 + trainingsSwept));
    expect(commands().map(({ data }) => data.reason)).toEqual(["data"]);
    expect(await pending()).toBeNull();
    await sweep(later(10 * minutes));
    expect(commands()).toHaveLength(1);
  });

  test("are asked for exactly a minute after they were due", async () => {
    await admit();
    await sweep(later(120_000));
    expect(commands()).toHaveLength(1);
  });

  test("are asked for though their look was given up on: storage was away for longer than it was tried", async () => {
    await admit();
    const [message] = watching.world.recorder.heard(checkTrainingDue);
    const unavailable = () => {
      throw new TransientError("503 Server Busy");
    };
    const watcher = { ...watching.watcher, stores: { ...watching.watcher.stores, documents: unavailable } };
    const look = checkTraining(watcher, message as never, watching.world.delivery("a look", later(61_000)));
    await expect(look).rejects.toThrow("503 Server Busy");
    await sweep(later(5 * minutes));
    expect(commands()).toHaveLength(1);
  });

  test("are asked for once, whatever the number of instances", async () => {
    await admit();
    await Promise.all(Array.from({ length: 4 }, () => sweep(later(5 * minutes))));
    expect(commands()).toHaveLength(1);
    expect(watching.world.recorder.timesSaid(commands()[0] ?? { id: "" })).toBe(1);
  });

  test("are asked for in the next period wherever the process of the sweep ended", async () => {
    await forEveryEffect(async (instance) => {
      await watching.world.reset();
      model = await watching.newModel();
      await admit();
      const { service, delivery } = watching.world.start(instance);
      const other = { stores: service, outbox: service.outbox };
      await instance.run(() => sweepTrainings(other, delivery(randomUUID(), later(5 * minutes))));
      await sweep(later(6 * minutes));
      expect(commands()).toHaveLength(1);
      expect(await pending()).toBeNull();
    });
  });

  test("and the look that comes late after all are asked for once", async () => {
    await admit();
    const [message] = watching.world.recorder.heard(checkTrainingDue);
    const at = later(5 * minutes);
    await Promise.all([
      sweep(at),
      checkTraining(watching.watcher, message as never, watching.world.delivery("late", at)),
    ]);
    expect(commands()).toHaveLength(1);
  });
});

describe("the index of models with waiting batches", () => {
  test("has a model before its first batch waits, wherever the admitting process ends", async () => {
    await forEveryEffect(async (instance) => {
      await watching.world.reset();
      model = await watching.newModel();
      const event = await watching.world.drop("drops", `${model}/a.csv`, goodFile());
      await watching.takeIn(event, instance);
      if (await pending()) expect(await models()).toEqual([model]);
    });
  });

  test("lets go of a model of which nothing waits, three hours after its mark", async () => {
    await admit();
    await sweep(later(5 * minutes));
    await sweep(later(2.9 * hours));
    expect(await models()).toEqual([model]);
    await sweep(later(3.1 * hours));
    expect(await models()).toEqual([]);
  });

  test("keeps a model whose batches wait, however long", async () => {
    await admit();
    await moveAdmissions(watching.world.service, model, { kind: "say-stuck", since: (await pending())?.since ?? "" });
    await watching.world.container("definitions").deleteBlob(paths.currentDefinition(model));
    await expect(sweep(later(100 * hours))).rejects.toThrow("could not be looked at");
    expect(await models()).toEqual([model]);
  });
});

describe("batches that cannot be asked for", () => {
  test("hold up no other model, and are said to be stuck once, after an hour", async () => {
    expect(trainingStuckAfter).toBe(3_600_000);
    await admit();
    const broken = model;
    model = await watching.newModel();
    await admit();
    await watching.world.container("definitions").deleteBlob(paths.currentDefinition(broken));
    await expect(sweep(later(59 * minutes))).rejects.toThrow("1 of what trainings looks after");
    expect(commands().map(({ data }) => data.model)).toEqual([model]);
    expect(stuck()).toEqual([]);
    for (const minute of [61, 62, 63]) await expect(sweep(later(minute * minutes))).rejects.toThrow();
    expect(stuck().map(({ data }) => data)).toEqual([
      {
        model: broken,
        process: "training",
        about: broken,
        state: "waiting",
        since: (await readWaiting(watching.world.service, broken)).pending?.since,
        reason: expect.stringContaining(`no model named ${broken} is applied`),
        remedy: expect.stringContaining("by itself"),
      },
    ]);
    expect(watching.world.recorder.timesSaid(stuck()[0] ?? { id: "" })).toBe(1);
    await watching.world.apply(yamlOf(broken));
    await sweep(later(65 * minutes));
    expect(commands().map(({ data }) => data.model)).toEqual([model, broken]);
  });
});
