import { randomUUID } from "node:crypto";
import { admissions, checkTrainingDue, parseDefinition, paths, trainModel } from "@ratchet/contracts";
import { inspectFile } from "@ratchet/formats";
import { SweepError } from "@ratchet/messaging";
import { noneAsked, readAdmissions, UnknownModelError } from "@ratchet/state";
import { forEveryEffect, startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { takeInDropOfEvent } from "./drop/take-in-drop.ts";
import { openDrops } from "./stores.ts";
import { csv, header, rows, weatherYaml } from "./testing/definitions.ts";
import { checkTraining } from "./training/check-training.ts";
import { dropPatience } from "./training/coalesce.ts";
import { followSchedules, schedulesFollowed } from "./training/follow-schedules.ts";
import { requestTraining } from "./training/request-training.ts";
import type { Watcher } from "./watcher.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 300_000 });

let world: World<"data-watcher">;
let watcher: Watcher;
let model: string;
let number = 0;
beforeAll(async () => {
  world = await startWorld("data-watcher");
  watcher = { stores: world.service, outbox: world.service.outbox };
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  number += 1;
  model = `weather-${number}`;
  world.recorder.forget();
  await world.apply(yaml());
});

const nine = new Date("2026-11-23T09:00:00.000Z");
const later = (seconds: number) => new Date(nine.getTime() + seconds * 1000);
const yaml = (schedule = "") => `${weatherYaml.replace("model: weather\n", `model: ${model}\n`)}${schedule}`;
/** A look comes a second after training is due. */
const lookFor = (seconds: number) => later(seconds + 1);
const commands = () => world.recorder.heard(trainModel);
const looks = () => world.recorder.heard(checkTrainingDue);

async function admit(from: number, at: Date): Promise<string> {
  const event = await world.drop("drops", `${model}/${randomUUID()}.csv`, csv([header, ...rows(60, from)]));
  await takeInDropOfEvent(watcher, event, world.delivery(event, at));
  return (await readAdmissions(world.service, model)).batches.at(-1)?.batch ?? "";
}
const lookAt = (name: string, at: Date, cause: string = randomUUID(), outbox = watcher.outbox) => {
  const message = checkTrainingDue.build({ model: name }, { source: "data-watcher", time: at, cause });
  return checkTraining({ ...watcher, outbox }, message, world.delivery(message, at));
};
async function* csvBytes(text: string) {
  yield Buffer.from(text);
}
const look = (at: Date, cause?: string) => lookAt(model, at, cause);

describe("a look whether training is due", () => {
  test("asks once for all that came within the quiet period", async () => {
    for (const [index, second] of [0, 20, 40].entries()) await admit(index * 100, later(second));
    expect(looks()).toHaveLength(1);
    await look(later(60));
    expect(commands()).toEqual([]);
    expect(looks().at(-1)).toMatchObject({ notBefore: lookFor(100) });
    await look(later(100));
    expect(commands().map(({ data }) => data)).toEqual([{ model, through: 3, reason: "data" }]);
    await look(later(200));
    expect(commands()).toHaveLength(1);
  });

  test("asks anew, for all there is, when more comes later", async () => {
    await admit(0, nine);
    await look(later(60));
    await admit(100, later(90));
    expect(looks().at(-1)).toMatchObject({ notBefore: lookFor(150) });
    await look(later(150));
    expect(commands().map(({ data }) => data.through)).toEqual([1, 2]);
  });

  test("delivered twice asks once, even if the process ended between asking and writing it down", async () => {
    await admit(0, nine);
    const cause = randomUUID();
    const before = await world.documents("batches").read(paths.admissions(model), admissions);
    await look(later(60), cause);
    await world
      .documents("batches")
      .write(paths.admissions(model), admissions, before?.value ?? noneAsked(model), "any");
    await look(later(60), cause);
    expect(commands().map(({ data }) => data.through)).toEqual([1]);
    expect((await readAdmissions(world.service, model)).pending).toBeNull();
  });

  test("asks once wherever its process ends, if it is delivered again", async () => {
    await forEveryEffect(async (instance) => {
      await world.reset();
      await world.apply(yaml());
      await admit(0, nine);
      const message = checkTrainingDue.build({ model }, { source: "data-watcher", time: nine, cause: randomUUID() });
      const { service, delivery } = world.start(instance);
      const other = { stores: service, outbox: service.outbox };
      await instance.run(() => checkTraining(other, message, delivery(message, later(60))));
      await checkTraining(watcher, message, world.delivery(message, later(62)));
      expect(commands().map(({ data }) => data.through)).toEqual([1]);
      expect((await readAdmissions(world.service, model)).pending).toBeNull();
    });
  });

  test("at the same time as another asks once", async () => {
    await admit(0, nine);
    await Promise.all([look(later(60)), look(later(60)), look(later(61))]);
    expect(commands().map(({ data }) => data.through)).toEqual([1]);
  });

  test("finds nothing due a moment before the end of the quiet period, and all at the end", async () => {
    await admit(0, nine);
    await look(later(59.999));
    expect(commands()).toEqual([]);
    await look(later(60));
    expect(commands().map(({ data }) => data.through)).toEqual([1]);
  });

  test("waits for drops that are on their way, but neither for those that never arrive nor beyond the longest wait", async () => {
    const key = `${model}/on-its-way`;
    await openDrops(world.service).mark(key);
    const [mark] = await Array.fromAsync(openDrops(world.service).marks(`${model}/`));
    const markedAt = mark?.markedAt.getTime() ?? 0;
    // The mark is of the storage's own time: what waits has come by the same clock.
    const real = (seconds: number) => new Date(markedAt + seconds * 1000);
    await admit(100, real(0));
    await look(real(61));
    expect(commands()).toEqual([]);
    expect(looks().at(-1)).toMatchObject({ notBefore: real(61 + 2 + 1) });
    await look(real(dropPatience / 1000));
    expect(commands()).toHaveLength(1);
    await admit(200, real(600));
    await openDrops(world.service).unmark(key);
    await look(real(661));
    expect(commands()).toHaveLength(2);
  });

  test("does not wait beyond the longest wait, to the millisecond", async () => {
    for (let second = 0; second < 900; second += 50) await admit(second * 10, later(second));
    await look(later(899.999));
    expect(commands()).toEqual([]);
    await look(later(900));
    expect(commands().map(({ data }) => data.through)).toEqual([18]);
  });

  test("that is one too many says the same as the other, so that one goes on", async () => {
    await admit(0, nine);
    await admit(100, later(30));
    const before = looks().length;
    await look(later(60));
    await look(later(61));
    expect(looks().length).toBe(before + 1);
    expect(looks().at(-1)).toMatchObject({ notBefore: lookFor(90) });
    expect(world.recorder.timesSaid(looks().at(-1) ?? { id: "" })).toBe(2);
  });

  test("sets another one for what is admitted in the moment of asking", async () => {
    await admit(0, nine);
    await lookAt(model, later(60), randomUUID(), (occasion) => ({
      ...watcher.outbox(occasion),
      async send(...command) {
        await admit(100, later(60));
        return watcher.outbox(occasion).send(...command);
      },
    }));
    expect(commands().map(({ data }) => data.through)).toEqual([1]);
    expect((await readAdmissions(world.service, model)).pending?.batches).toHaveLength(1);
    expect(looks().at(-1)).toMatchObject({ notBefore: lookFor(120) });
  });

  test("fails for good where the model is not applied", async () => {
    await expect(lookAt("nobody", nine)).rejects.toThrow(UnknownModelError);
  });
});

describe("files of one row", () => {
  /** Drops files of one row each, and gives how many rows train and judge. */
  async function admitRows(all: readonly string[]) {
    for (const row of all) {
      const event = await world.drop("drops", `${model}/${randomUUID()}.csv`, csv([header, row]));
      await takeInDropOfEvent(watcher, event, world.delivery(event, nine));
    }
    const { batches } = await readAdmissions(world.service, model);
    const sum = (side: "train" | "holdout") => batches.reduce((total, { rows: of }) => total + (of?.[side] ?? 0), 0);
    return { train: sum("train"), holdout: sum("holdout") };
  }
  /** Rows that differ in what the model sees. */
  const oneByOne = Array.from({ length: 60 }, (_, index) => `2024-01-01,${index}.25,${index % 3},sun`);

  test("are all admitted, and hold out the share that is wanted", async () => {
    const { train, holdout } = await admitRows(oneByOne);
    expect(train + holdout).toBe(60);
    expect(holdout).toBeGreaterThan(5);
    expect(holdout).toBeLessThan(25);
    await look(later(60));
    expect(commands().map(({ data }) => data.through)).toEqual([60]);
  });

  test("of which none trains yet ask for nothing, and are trained beside when one does", async () => {
    const held: string[] = [];
    for (const row of oneByOne) {
      const counts = await inspectFile(csvBytes(csv([header, row])), parseDefinition(yaml()));
      if (counts.rows.holdout === 1 && held.length < 2) held.push(row);
    }
    await admitRows(held);
    const before = looks().length;
    await look(later(60));
    expect(commands()).toEqual([]);
    expect(looks()).toHaveLength(before);
    expect((await readAdmissions(world.service, model)).pending).toBeNull();
    await admit(0, later(100));
    await look(later(160));
    expect(commands().map(({ data }) => data.through)).toEqual([3]);
  });
});

describe("the schedule", () => {
  const follow = (at: Date) => followSchedules(watcher, world.delivery(randomUUID(), at));
  beforeEach(async () => {
    await world.reset();
    await world.apply(yaml('schedule: "0 0 10 * * *"\n'));
  });

  test("asks once per occurrence, on all admitted batches, and for nothing that lay before it was first seen", async () => {
    await admit(0, nine);
    await follow(later(10));
    await follow(later(3590));
    expect(commands()).toEqual([]);
    await follow(later(3600));
    await follow(later(3660));
    await follow(later(3720));
    expect(commands().map(({ data }) => data)).toEqual([{ model, through: 1, reason: "schedule" }]);
    await follow(later(3600 + 24 * 3600));
    expect(commands()).toHaveLength(2);
    await follow(later(3600 + 48 * 3600));
    expect(commands()).toHaveLength(3);
    for (const command of commands()) expect(world.recorder.timesSaid(command)).toBe(1);
  });

  test("is followed once in ten seconds, whatever the number of instances, and each occurrence is asked for once", async () => {
    expect(schedulesFollowed).toBe(10_000);
    await admit(0, nine);
    await follow(nine);
    await Promise.all(Array.from({ length: 4 }, (_, index) => follow(later(3600 + index * 3))));
    await follow(later(3660));
    expect(commands()).toHaveLength(1);
    expect(world.recorder.timesSaid(commands()[0] ?? { id: "" })).toBe(1);
  });

  test("asks for the latest occurrence alone where nobody looked for a while", async () => {
    await admit(0, nine);
    await follow(nine);
    await follow(later(3600 + 72 * 3600 + 7));
    expect(commands()).toHaveLength(1);
    expect((await readAdmissions(world.service, model)).asked.scheduledAt).toBe(later(3600 + 72 * 3600).toISOString());
  });

  test("is followed wherever a process ends on the way, in the next minute", async () => {
    await forEveryEffect(async (instance) => {
      await world.reset();
      await world.apply(yaml('schedule: "0 0 10 * * *"\n'));
      await admit(0, nine);
      await follow(nine);
      const { service, delivery } = world.start(instance);
      const other = { stores: service, outbox: service.outbox };
      await instance.run(() => followSchedules(other, delivery(randomUUID(), later(3600))));
      await follow(later(3660));
      expect(commands().map(({ data }) => data.reason)).toEqual(["schedule"]);
      expect((await readAdmissions(world.service, model)).pending).toBeNull();
    });
  });

  test("is one command though the process ended before the occurrence was written down", async () => {
    await admit(0, nine);
    await follow(nine);
    const before = await world.documents("batches").read(paths.admissions(model), admissions);
    await follow(later(3600));
    await world
      .documents("batches")
      .write(paths.admissions(model), admissions, before?.value ?? noneAsked(model), "any");
    await follow(later(3660));
    expect(commands()).toHaveLength(1);
  });

  test("leaves nothing waiting that it has asked for", async () => {
    await admit(0, later(3590));
    await follow(nine);
    await follow(later(3600));
    await look(later(3660));
    expect(commands().map(({ data }) => data.reason)).toEqual(["schedule"]);
  });

  test("passes by without a command where no data has come yet", async () => {
    await follow(nine);
    await follow(later(3600));
    expect(commands()).toEqual([]);
  });

  test("of one model that cannot be read does not hold up the others, and is not passed over in silence", async () => {
    await admit(0, nine);
    await follow(nine);
    const good = model;
    model = `broken-${number}`;
    await world.apply(yaml('schedule: "0 0 99 * * *"\n'));
    await expect(follow(later(3600))).rejects.toThrow(SweepError);
    expect(commands().map(({ data }) => data.model)).toEqual([good]);
  });
});

describe("POST /api/train", () => {
  /** A text is sent as it is, anything else as JSON. */
  const post = (said: unknown) => {
    const body = typeof said === "string" ? said : JSON.stringify(said);
    const request = new Request("https://watcher.test/api/train", { method: "POST", body });
    return requestTraining(watcher, request, { id: randomUUID(), log: world.delivery(randomUUID()).log });
  };

  test("asks for training on all admitted batches and gives the message's id", async () => {
    await admit(0, nine);
    const answer = await post({ model });
    const [command] = commands();
    expect(command?.data).toEqual({ model, through: 1, reason: "request" });
    expect(answer).toMatchObject({ status: 202, jsonBody: { messageId: command?.id, model, batches: 1 } });
    await look(later(60));
    expect(commands()).toHaveLength(1);
  });

  test("with `again` names the request, so that the same input is trained again", async () => {
    await admit(0, nine);
    await post({ model, again: true, requestId: "r-1" });
    await post({ model, again: true, requestId: "r-1" });
    await post({ model, again: true, requestId: "r-2" });
    expect(commands().map(({ data }) => data.again)).toEqual(["r-1", "r-2"]);
  });

  test.each([
    ["a field is wrong", () => ({ model: 7 }), 400, "invalid-request"],
    ["there is no body", () => undefined, 400, "invalid-request"],
    ["the body is no JSON", () => "{", 400, "invalid-request"],
    ["nobody applied the model", () => ({ model: "nobody" }), 404, "unknown-model"],
    ["nothing is admitted yet", () => ({ model }), 409, "nothing-admitted"],
  ])("says what to do where %s", async (_what, body, status, code) => {
    expect(await post(body())).toMatchObject({ status, jsonBody: { error: { code, message: expect.any(String) } } });
    expect(commands()).toEqual([]);
  });
});
