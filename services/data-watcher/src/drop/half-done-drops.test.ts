import { dataRefused, type Envelope } from "@ratchet/contracts";
import { betweenEffects, createInstance, forEveryEffect, type Instance } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { goodFile, startWatching, type Watching } from "../testing/watching.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 120_000 });

let watching: Watching;
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());
beforeEach(() => watching.world.recorder.forget());

/** A model of its own, and files dropped for it. */
async function newDrops(...contents: readonly string[]) {
  const model = await watching.newModel();
  const drop = (name: string, content: string) => watching.world.drop("drops", `${model}/${name}.csv`, content);
  const events: Envelope[] = [];
  for (const [index, content] of contents.entries()) events.push(await drop(String(index), content));
  const [event] = events as [Envelope];
  return {
    model,
    event,
    events,
    drop,
    remove: () => watching.world.container("drops").deleteBlob(`${model}/0.csv`),
  };
}

/** The steps until a good file's batch is there: its mark and record, what it will be, its two files, their profile and manifest. */
const stepsToManifest = 7;

const contents = { good: goodFile(), bad: "no,such,columns\n1,2,3\n" };

describe.each([
  { kind: "good", end: "admitted", steps: 16 },
  { kind: "bad", end: "refused", steps: 6 },
] as const)("a $kind file, wherever its process ends on the way,", ({ kind, end, steps }) => {
  test("ends the same when its event is delivered again", async () => {
    const effects = await forEveryEffect(async (instance) => {
      const { event } = await newDrops(contents[kind]);
      await watching.takeIn(event, instance);
      await watching.takeIn(event);
      expect(await watching.expectOneEnd(event)).toBe(end);
    });
    expect(effects).toBe(steps);
  });

  test("comes to one end if it is deleted before its event is delivered again", async () => {
    const ends: string[] = [];
    await forEveryEffect(async (instance) => {
      const { event, remove } = await newDrops(contents[kind]);
      await watching.takeIn(event, instance);
      await remove();
      await watching.takeIn(event);
      ends.push(await watching.expectOneEnd(event));
    });
    // Before anything was done, after each step, and in a process that lives.
    const lost = kind === "good" ? stepsToManifest : steps + 2;
    expect(ends).toEqual([...Array(lost).fill("refused"), ...Array(steps + 2 - lost).fill("admitted")]);
  });

  test("comes to one end if it is overwritten between any two steps, and so does what overwrites it", async () => {
    await betweenEffects(async (instance) => {
      const { event, drop } = await newDrops(contents[kind]);
      let other: Envelope | undefined;
      instance.meanwhile = async () => {
        other = await drop("0", goodFile(500, 90));
      };
      await watching.takeIn(event, instance);
      await watching.expectOneEnd(event);
      if (!other) return;
      await watching.takeIn(other);
      expect(await watching.expectOneEnd(other)).toBe("admitted");
    });
  });

  test("comes to one end when its event is delivered to another process between any two steps", async () => {
    await betweenEffects(async (instance) => {
      const { event } = await newDrops(contents[kind]);
      instance.meanwhile = () => watching.takeIn(event);
      await watching.takeIn(event, instance);
      expect(await watching.expectOneEnd(event)).toBe(end);
    });
  });
});

describe("two files of the same content", () => {
  /** One of both is admitted, the other refused as known. */
  async function expectOneAdmitted(model: string, events: readonly Envelope[]): Promise<void> {
    const ends = await Promise.all(events.map((event) => watching.expectOneEnd(event)));
    expect(ends.toSorted()).toEqual(["admitted", "refused"]);
    const codes = watching.world.recorder.heard(dataRefused).filter(({ data }) => data.model === model);
    expect(codes.map(({ data }) => data.code)).toEqual(["already-admitted"]);
  }

  test("are one batch wherever the process of the second ends", async () => {
    await forEveryEffect(async (instance) => {
      const { model, events } = await newDrops(goodFile(), goodFile());
      const [first, second] = events as [Envelope, Envelope];
      await watching.takeIn(first);
      await watching.takeIn(second, instance);
      await watching.takeIn(second);
      expect(await watching.expectOneEnd(first)).toBe("admitted");
      await expectOneAdmitted(model, events);
    });
  });

  test("are one batch wherever the process of the first ends, though the first is deleted and never announced again", async () => {
    await forEveryEffect(async (instance) => {
      const { events, remove } = await newDrops(goodFile(), goodFile());
      const [first, second] = events as [Envelope, Envelope];
      await watching.takeIn(first, instance);
      await remove();
      await watching.takeIn(second);
      await watching.takeIn(first);
      const ends = [await watching.expectOneEnd(first), await watching.expectOneEnd(second)];
      expect(ends.toSorted()).toEqual(["admitted", "refused"]);
    });
  });

  test("are one batch if one is taken in between any two steps of the other", async () => {
    await betweenEffects(async (instance) => {
      const { model, events } = await newDrops(goodFile(), goodFile());
      const [first, second] = events as [Envelope, Envelope];
      instance.meanwhile = () => watching.takeIn(second);
      await watching.takeIn(first, instance);
      await watching.takeIn(second);
      await expectOneAdmitted(model, events);
    });
  });

  test("are one batch if both are taken in at once and one process ends", async () => {
    await forEveryEffect(async (instance) => {
      const { model, events } = await newDrops(goodFile(), goodFile());
      const [first, second] = events as [Envelope, Envelope];
      await Promise.all([watching.takeIn(first, instance), watching.takeIn(second)]);
      await watching.takeIn(first);
      await expectOneAdmitted(model, events);
    });
  });
});

test.each([5, 6, 8])(
  "a file whose every process ends after %i effects comes to its end all the same",
  async (effect) => {
    const { event } = await newDrops(goodFile());
    const processes: Instance[] = [];
    do processes.push(createInstance({ kind: "ends", when: "after", effect }));
    while (processes.length < 20 && (await watching.takeIn(event, processes.at(-1))) === "ended");
    expect(processes.length).toBeGreaterThanOrEqual(3);
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  },
);
