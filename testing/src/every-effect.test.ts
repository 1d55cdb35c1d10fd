import { dataRefused, paths, sweepRecord } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { betweenEffects, forEveryEffect } from "./every-effect.ts";
import { createInstance, type Instance } from "./instance.ts";
import { startWorld, type World } from "./world.ts";

let world: World<"data-watcher">;
beforeAll(async () => {
  world = await startWorld("data-watcher");
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.reset());

const at = (hour: number) => ({ period: `2026-11-23T0${hour}:00:00.000Z` });
const refusal = { model: "digits", file: "digits/a.csv", code: "malformed", reason: "it is none" };

/** Work of five effects: two files side by side, a document, a message, and a blob less. */
async function work(instance: Instance): Promise<void> {
  const { service, delivery } = world.start(instance);
  const blobs = service.blobs("batches");
  const files = ["one", "two"].map((name) => blobs.writer(name, { contentType: "text/plain" }));
  try {
    for (const file of files) await file.write("text");
    await Promise.all(files.map((file) => file.close()));
  } catch (error) {
    await Promise.all(files.map((file) => file.abandon()));
    throw error;
  }
  await service.documents("batches").update(paths.sweep("all"), sweepRecord, () => at(9));
  await delivery("message").outbox.publish(dataRefused, refusal);
  await blobs.remove("one");
}

const effects = [
  "write batches/one",
  "write batches/two",
  `write batches/${paths.sweep("all")}`,
  "publish ratchet.data.refused.v1",
  "remove batches/one",
];

/** How many of the five have taken place, by what is there. */
async function taken(): Promise<number> {
  const there = await world.pathsOf("batches");
  const said = world.recorder.heard(dataRefused).length;
  if (there.includes("one")) return there.length + said;
  return said === 1 ? effects.length : there.length;
}

describe("a scenario", () => {
  test("is played with the process ended before the first effect and after each, and with exactly those before done", async () => {
    const played: (readonly [string, number])[] = [];
    const count = await forEveryEffect(async (instance) => {
      await world.reset();
      const end = await instance.run(() => work(instance));
      expect(end).toBe(instance.fated ? "ended" : "done");
      if (instance.fated) played.push([instance.story, await taken()]);
    });
    expect(count).toBe(5);
    expect(played).toEqual([
      [`ended before effect 1, ${effects[0]}`, 0],
      ...effects.map((what, index) => [`ended after effect ${index + 1}, ${what}`, index + 1]),
    ]);
  });

  test("is played with somebody else acting in each place between two effects", async () => {
    const met: (readonly string[])[] = [];
    const count = await betweenEffects(async (instance) => {
      await world.reset();
      instance.meanwhile = async () => met.push([...instance.effects]);
      expect(await instance.run(() => work(instance))).toBe("done");
    });
    expect(count).toBe(5);
    expect(met).toEqual(effects.map((_, index) => effects.slice(0, index + 1)));
  });

  test("that fails says where the process was", async () => {
    const failing = forEveryEffect(async (instance) => {
      await world.reset();
      await instance.run(() => work(instance));
      expect(await taken()).not.toBe(3);
    });
    await expect(failing).rejects.toThrow(
      `where the process ended after effect 3, write batches/${paths.sweep("all")}: expected 3`,
    );
  });

  test("in which the instance does nothing shows nothing, and says so", async () => {
    await expect(forEveryEffect(async () => undefined)).rejects.toThrow("the scenario shows nothing");
  });
});

describe("a process that has ended", () => {
  test("is answered nothing any more, and fails as the process does, whatever its code makes of it", async () => {
    const instance = createInstance({ kind: "ends", when: "after", effect: 1 });
    const { service, delivery } = world.start(instance);
    const sweeps = service.documents("batches");
    const end = await instance.run(async () => {
      await expect(sweeps.write(paths.sweep("all"), sweepRecord, at(9), "absent")).rejects.toThrow("the process ended");
      await expect(sweeps.read(paths.sweep("all"), sweepRecord)).rejects.toThrow("the process ended");
      await expect(delivery("message").outbox.publish(dataRefused, refusal)).rejects.toThrow("the process ended");
    });
    expect(end).toBe("ended");
    expect(world.recorder.said).toEqual([]);
    expect((await world.documents("batches").read(paths.sweep("all"), sweepRecord))?.value).toEqual(at(9));
  });

  test("whose fatal effect fails ends before the next one, and does not go on for ever", async () => {
    const instance = createInstance({ kind: "ends", when: "after", effect: 1 });
    const sweeps = world.start(instance).service.documents("batches");
    const write = (what: "absent" | "any") => sweeps.write(paths.sweep("all"), sweepRecord, at(9), what);
    await world.documents("batches").write(paths.sweep("all"), sweepRecord, at(8), "absent");
    const end = await instance.run(async () => {
      await expect(write("absent")).rejects.toThrow("was changed");
      expect(instance.fated).toBe(false);
      await expect(write("any")).rejects.toThrow("the process ended before");
    });
    expect([end, instance.fated]).toEqual(["ended", true]);
    expect((await world.documents("batches").read(paths.sweep("all"), sweepRecord))?.value).toEqual(at(8));
  });

  test("calls a gateway neither to change anything nor to ask", async () => {
    const jobs: string[] = [];
    const azureMl = { submit: async (job: string) => jobs.push(job), count: async () => jobs.length };
    const instance = createInstance({ kind: "ends", when: "after", effect: 2 });
    const gateway = instance.gateway("azure-ml", azureMl, ["submit"]);
    expect(await gateway.submit("one")).toBe(1);
    expect(await gateway.count()).toBe(1);
    await expect(gateway.submit("two")).rejects.toThrow("the process ended after azure-ml.submit");
    await expect(gateway.count()).rejects.toThrow("the process ended");
    expect(jobs).toEqual(["one", "two"]);
    expect(instance.effects).toEqual(["azure-ml.submit", "azure-ml.submit"]);
  });
});
