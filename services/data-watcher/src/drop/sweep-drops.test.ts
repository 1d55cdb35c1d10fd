import { randomUUID } from "node:crypto";
import { dataAdmitted, dataRefused, paths, processStuck, takeInDrop } from "@ratchet/contracts";
import { readAdmissions, UnknownModelError } from "@ratchet/state";
import { betweenEffects, createInstance, forEveryEffect } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { dropKey, openDrops, openTrainings, readDrop } from "../stores.ts";
import { dropOf, goodFile, hours, minutes, startWatching, type Watching, yamlOf } from "../testing/watching.ts";
import { dropStuckAfter, forgottenAfter } from "./look-at-drop.ts";
import { dropsSwept, sweepDrops } from "./sweep-drops.ts";
import { takeInDropAgain } from "./take-in-drop.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 300_000 });

let watching: Watching;
let now: number;
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());
beforeEach(async () => {
  await watching.world.reset();
  now = Date.now();
});

const later = (milliseconds: number) => new Date(now + milliseconds);
const sweep = (at: Date, watcher = watching.watcher) => sweepDrops(watcher, watching.world.delivery(randomUUID(), at));
const sent = () => watching.world.recorder.heard(takeInDrop);
const stuck = () => watching.world.recorder.heard(processStuck);
const marks = async () => (await Array.fromAsync(openDrops(watching.world.service).marks())).map(({ key }) => key);

/** A good file of a model, whose process ended after so many effects. */
async function halfDone(effect: number, content = goodFile()) {
  const model = await watching.newModel();
  const event = await watching.world.drop("drops", `${model}/a.csv`, content);
  const ending = createInstance({ kind: "ends", when: "after", effect });
  expect(await watching.takeIn(event, ending, later(0))).toBe("ended");
  return { model, event, key: dropKey(dropOf(event)) };
}

describe.each([
  { kind: "good", content: goodFile(), end: "admitted" },
  { kind: "bad", content: "no,such,columns\n1,2,3\n", end: "refused" },
] as const)("a $kind file of which no event comes again", ({ content, end }) => {
  test(`is ${end} by itself, wherever its process ended, and is trained on where it is good`, async () => {
    await forEveryEffect(async (instance) => {
      await watching.world.reset();
      const model = await watching.newModel();
      const event = await watching.world.drop("drops", `${model}/a.csv`, content);
      await watching.takeIn(event, instance);
      await watching.sweep(later(15 * minutes));
      expect(await watching.expectOneEnd(event)).toBe(end);
      await watching.sweep(later(1 * hours));
      await watching.expectAllTrained(model);
    });
  });
});

describe("a drop that does not go on", () => {
  const afterManifest = 7;

  test("from its manifest to its admission is taken in again, though its blob is gone", async () => {
    const { model, event, key } = await halfDone(afterManifest);
    const stored = () => readAdmissions(watching.world, model);
    expect((await stored()).batches).toEqual([]);
    await watching.world.container("drops").deleteBlob(`${model}/a.csv`);
    await watching.sweep(later(11 * minutes));
    expect(await watching.expectOneEnd(event)).toBe("admitted");
    const record = (await readDrop(watching.world.service, key))?.value;
    expect((await stored()).batches).toEqual([
      expect.objectContaining({ batch: record?.batch, file: `${model}/a.csv`, drop: key.split("/")[1] }),
    ]);
  });

  test("is left to its message for ten minutes", async () => {
    await halfDone(3);
    await sweep(later(9 * minutes));
    expect(sent()).toEqual([]);
    await sweep(later(11 * minutes));
    expect(sent()).toHaveLength(1);
  });

  test("is taken in again under a fresh id each time, less and less often, and is said to be stuck once", async () => {
    expect(dropsSwept).toBe(60_000);
    const { event, key } = await halfDone(3);
    const { model, file, etag } = dropOf(event);
    const times: number[] = [];
    for (let minute = 0; minute <= 8 * 60; minute += 10) {
      const before = sent().length;
      await sweep(later(minute * minutes + 10_000));
      if (sent().length > before) times.push(minute);
    }
    expect(times).toEqual([10, 30, 70, 150, 310]);
    expect(new Set(sent().map(({ id }) => id)).size).toBe(times.length);
    expect(sent().map(({ data }) => data)).toEqual(times.map(() => ({ model, file, etag })));
    const record = (await readDrop(watching.world.service, key))?.value;
    expect(stuck().map(({ data }) => data)).toEqual([
      {
        model,
        process: "drop",
        about: file,
        state: "inspected",
        since: record?.since,
        reason: expect.stringContaining(`${file} has been inspected since ${record?.since}`),
        remedy: expect.stringContaining("dead letters of data-dropped"),
      },
    ]);
    expect(watching.world.recorder.timesSaid(stuck()[0] ?? { id: "" })).toBe(1);
    // And it is admitted by whichever message gets through at last.
    const last = sent().at(-1);
    await takeInDropAgain(watching.watcher, last as never, watching.world.delivery(last ?? "", later(25 * hours)));
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  });

  test("is helped once per minute, whatever the number of instances", async () => {
    await halfDone(3);
    await Promise.all(Array.from({ length: 4 }, () => sweep(later(11 * minutes))));
    expect(sent()).toHaveLength(1);
    expect(watching.world.recorder.timesSaid(sent()[0] ?? { id: "" })).toBe(1);
  });

  test("is helped in the next minute wherever the process of the sweep ended", async () => {
    await forEveryEffect(async (instance) => {
      await watching.world.reset();
      const { event } = await halfDone(3);
      const { service, delivery } = watching.world.start(instance);
      const other = { stores: service, outbox: service.outbox };
      const at = later(dropStuckAfter + minutes);
      await instance.run(() => sweepDrops(other, delivery(randomUUID(), at)));
      await watching.sweep(new Date(at.getTime() + 6 * hours));
      expect(await watching.expectOneEnd(event)).toBe("admitted");
      expect(stuck()).toHaveLength(1);
    });
  });

  test("holds up no other: one whose record cannot be read is passed by and told", async () => {
    const { key } = await halfDone(3);
    const [model = "", id = ""] = key.split("/");
    await watching.world.put("batches", paths.dropRecord(model, id), "no JSON");
    await halfDone(3);
    await expect(sweep(later(11 * minutes))).rejects.toThrow("1 of what drops looks after");
    expect(sent().map(({ data }) => data.model)).not.toContain(model);
    expect(sent()).toHaveLength(1);
  });

  test("is let go of at its end, wherever the process ended", async () => {
    const { event } = await halfDone(15);
    expect(await marks()).toHaveLength(1);
    await sweep(later(11 * minutes));
    expect(await marks()).toEqual([]);
    expect(sent()).toEqual([]);
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  });

  test("of which there is a mark and no record is left to the comparison with the blobs, and its mark goes", async () => {
    await halfDone(1);
    await sweep(later(2.9 * hours));
    expect(await marks()).toHaveLength(1);
    await sweep(later(3.1 * hours));
    expect(await marks()).toEqual([]);
    expect(sent()).toEqual([]);
  });
});

describe("a file for a model that nobody has applied", () => {
  const fileOfUnknown = async (name = "nobody") => {
    const event = await watching.world.drop("drops", `${name}/a.csv`, goodFile());
    await expect(watching.takeIn(event, undefined, later(0))).rejects.toThrow(UnknownModelError);
    return event;
  };

  test("is said to be stuck once, and no message is sent that could only become a dead letter", async () => {
    await fileOfUnknown();
    for (let hour = 1; hour < 48; hour += 1) await sweep(later(hour * hours));
    expect(sent()).toEqual([]);
    expect(stuck().map(({ data }) => data)).toEqual([
      expect.objectContaining({
        model: "nobody",
        process: "drop",
        about: "nobody/a.csv",
        state: "seen",
        reason: "nobody/a.csv was dropped for nobody, and no model of that name is applied",
        remedy: expect.stringContaining("ratchet apply"),
      }),
    ]);
  });

  test("is taken in by itself once the model is applied", async () => {
    const event = await fileOfUnknown();
    await sweep(later(1 * hours));
    await watching.world.apply(yamlOf("nobody"));
    await watching.sweep(later(3 * hours));
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  });

  test("is taken in by its replayed message once the model is applied, and not twice", async () => {
    const event = await fileOfUnknown();
    await watching.world.apply(yamlOf("nobody"));
    await watching.takeIn(event);
    await watching.sweep(later(3 * hours));
    expect(await watching.expectOneEnd(event)).toBe("admitted");
    expect(watching.world.recorder.heard(dataAdmitted)).toHaveLength(1);
  });

  test("is forgotten after two days, is not found again, and can still be replayed", async () => {
    const event = await fileOfUnknown();
    const end = forgottenAfter + 1 * minutes;
    for (const hour of [1, 2, 4, 8, 16, 32]) await sweep(later(hour * hours));
    await watching.sweep(later(end + 24 * hours));
    expect(await marks()).toEqual([]);
    expect(await readDrop(watching.world.service, dropKey(dropOf(event)))).toBeUndefined();
    await watching.sweep(later(end + 25 * hours));
    expect(sent()).toEqual([]);

    await watching.world.apply(yamlOf("nobody"));
    await watching.takeIn(event);
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  });

  test("is forgotten only as it was seen: taken in between any two steps of the sweep, it comes to its end", async () => {
    await betweenEffects(async (instance) => {
      await watching.world.reset();
      const event = await fileOfUnknown();
      const { service, delivery } = watching.world.start(instance);
      const other = { stores: service, outbox: service.outbox };
      instance.meanwhile = async () => {
        await watching.world.apply(yamlOf("nobody"));
        await watching.takeIn(event);
      };
      await instance.run(() => sweepDrops(other, delivery(randomUUID(), later(forgottenAfter + minutes))));
      if (instance.fated) expect(await watching.expectOneEnd(event)).toBe("admitted");
    });
  });
});

test("content that was half admitted is admitted by whoever drops it again, in the name of the drop that brought it", async () => {
  const { model, event, key } = await halfDone(7);
  await watching.world.container("drops").deleteBlob(`${model}/a.csv`);
  const again = await watching.world.drop("drops", `${model}/again.csv`, goodFile());
  await watching.takeIn(again);
  expect(await watching.expectOneEnd(again)).toBe("refused");
  expect((await readAdmissions(watching.world, model)).batches).toMatchObject([
    { file: `${model}/a.csv`, drop: key.split("/")[1] },
  ]);
  expect((await Array.fromAsync(openTrainings(watching.world.service).marks())).map(({ key: one }) => one)).toEqual([
    model,
  ]);
  await watching.takeIn(event);
  expect(await watching.expectOneEnd(event)).toBe("admitted");
  expect(watching.world.recorder.heard(dataRefused).map(({ data }) => data.code)).toEqual(["already-admitted"]);
});
