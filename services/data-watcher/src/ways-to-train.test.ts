import { randomUUID } from "node:crypto";
import { admissions, checkTrainingDue, paths, trainModel } from "@ratchet/contracts";
import { UnknownModelError } from "@ratchet/state";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { admitDrop } from "./drop/admit-drop.ts";
import { readAdmissions } from "./stores.ts";
import { csv, header, rows, weatherYaml } from "./testing/definitions.ts";
import { checkTraining } from "./training/check-training.ts";
import { followSchedules } from "./training/follow-schedules.ts";
import { requestTraining } from "./training/request-training.ts";
import type { Watcher } from "./watcher.ts";

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
const commands = () => world.recorder.heard(trainModel);
const looks = () => world.recorder.heard(checkTrainingDue);

async function admit(from: number, at: Date): Promise<string> {
  const event = await world.drop("drops", `${model}/${randomUUID()}.csv`, csv([header, ...rows(60, from)]));
  await admitDrop(watcher, event, world.delivery(event, at));
  return (await readAdmissions(world.service, model)).batches.at(-1)?.batch ?? "";
}
const lookAt = (name: string, at: Date, cause: string = randomUUID(), outbox = watcher.outbox) => {
  const message = checkTrainingDue.build({ model: name }, { source: "data-watcher", time: at, cause });
  return checkTraining({ ...watcher, outbox }, message, world.delivery(message, at));
};
const look = (at: Date, cause?: string) => lookAt(model, at, cause);

describe("a look whether training is due", () => {
  test("asks once for all that came within the quiet period", async () => {
    const batches = [await admit(0, nine), await admit(100, later(20)), await admit(200, later(40))];
    expect(looks()).toHaveLength(1);
    await look(later(60));
    expect(commands()).toEqual([]);
    expect(looks().at(-1)).toMatchObject({ notBefore: later(100) });
    await look(later(100));
    expect(commands().map(({ data }) => data)).toEqual([{ model, batches, reason: "data" }]);
    await look(later(200));
    expect(commands()).toHaveLength(1);
  });

  test("asks anew, for all batches, when more comes later", async () => {
    const first = await admit(0, nine);
    await look(later(60));
    const second = await admit(100, later(90));
    expect(looks().at(-1)).toMatchObject({ notBefore: later(150) });
    await look(later(150));
    expect(commands().map(({ data }) => data.batches)).toEqual([[first], [first, second]]);
  });

  test("delivered twice asks once, even if the process ended between asking and writing it down", async () => {
    const batch = await admit(0, nine);
    const cause = randomUUID();
    const before = await world.documents("batches").read(paths.admissions(model), admissions);
    await look(later(60), cause);
    if (before) await world.documents("batches").write(paths.admissions(model), admissions, before.value, "any");
    await look(later(60), cause);
    expect(commands().map(({ data }) => data.batches)).toEqual([[batch]]);
    expect((await readAdmissions(world.service, model)).pending).toBeNull();
  });

  test("at the same time as another asks once", async () => {
    const batch = await admit(0, nine);
    await Promise.all([look(later(60)), look(later(60)), look(later(61))]);
    expect(commands().map(({ data }) => data.batches)).toEqual([[batch]]);
  });

  test("sets another one for what is admitted in the moment of asking", async () => {
    const first = await admit(0, nine);
    await lookAt(model, later(60), randomUUID(), (occasion) => ({
      ...watcher.outbox(occasion),
      async send(...command) {
        await admit(100, later(60));
        return watcher.outbox(occasion).send(...command);
      },
    }));
    expect(commands().map(({ data }) => data.batches)).toEqual([[first]]);
    expect((await readAdmissions(world.service, model)).pending?.batches).toHaveLength(1);
    expect(looks().at(-1)).toMatchObject({ notBefore: later(120) });
  });

  test("fails for good where the model is not applied", async () => {
    await expect(lookAt("nobody", nine)).rejects.toThrow(UnknownModelError);
  });
});

describe("the schedule", () => {
  const follow = (at: Date) => followSchedules(watcher, world.delivery(randomUUID(), at));
  beforeEach(() => world.apply(yaml('schedule: "0 0 10 * * *"\n')));

  test("asks once per occurrence, on all admitted batches, and for nothing that lay before it was first seen", async () => {
    const batch = await admit(0, nine);
    await follow(later(10));
    await follow(later(3590));
    expect(commands()).toEqual([]);
    await follow(later(3600));
    await follow(later(3660));
    await follow(later(3720));
    expect(commands().map(({ data }) => data)).toEqual([{ model, batches: [batch], reason: "schedule" }]);
    await follow(later(3600 + 24 * 3600));
    expect(commands()).toHaveLength(2);
  });

  test("is one command though the process ended before the occurrence was written down", async () => {
    await admit(0, nine);
    await follow(nine);
    const before = await world.documents("batches").read(paths.admissions(model), admissions);
    await follow(later(3600));
    if (before) await world.documents("batches").write(paths.admissions(model), admissions, before.value, "any");
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
    await expect(follow(later(3600))).rejects.toThrow(AggregateError);
    expect(commands().map(({ data }) => data.model)).toEqual([good]);
    await world.apply(yaml());
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
    const batch = await admit(0, nine);
    const answer = await post({ model });
    const [command] = commands();
    expect(command?.data).toEqual({ model, batches: [batch], reason: "request" });
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
