import { randomUUID } from "node:crypto";
import { takeInDrop } from "@ratchet/contracts";
import { forEveryEffect } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { dropOf, goodFile, hours, minutes, startWatching, type Watching } from "../testing/watching.ts";
import { blobsSwept, comparedFor, eventAwaited, isCompared, sweepBlobs } from "./sweep-blobs.ts";

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
const sweep = (at: Date, watcher = watching.watcher) => sweepBlobs(watcher, watching.world.delivery(randomUUID(), at));
const sent = () => watching.world.recorder.heard(takeInDrop);
const drop = (name: string, from = 0) => watching.world.drop("drops", `${model}/${name}.csv`, goodFile(from));

test("blobs are compared hourly, from ten minutes after they were written until a day after", () => {
  expect([blobsSwept, eventAwaited, comparedFor]).toEqual([3_600_000, 600_000, 86_400_000]);
  const lastModified = new Date(now);
  const blob = { path: "digits/a.csv", etag: "1", bytes: 1, lastModified };
  const compared = (milliseconds: number) => isCompared(blob, later(milliseconds));
  expect([600_000, 600_001].map(compared)).toEqual([false, true]);
  expect([86_400_000, 86_400_001].map(compared)).toEqual([true, false]);
  expect(isCompared({ ...blob, appended: true }, later(hours))).toBe(false);
});

describe("a file whose event was lost", () => {
  test("is taken in as if its event had come", async () => {
    const event = await drop("lost");
    await watching.sweep(later(9 * minutes));
    expect(sent()).toEqual([]);
    await watching.sweep(later(11 * minutes));
    expect(sent().map(({ data }) => data)).toEqual([dropOf(event)]);
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  });

  test("is taken in once though its event comes late after all", async () => {
    const event = await drop("late");
    await sweep(later(11 * minutes));
    const [message] = sent();
    await watching.takeIn(event);
    await watching.sweep(later(1 * hours));
    expect(message?.data).toEqual(dropOf(event));
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  });

  test("is found among many that are known, and each version of a file is one of its own", async () => {
    for (let index = 0; index < 5; index += 1) await watching.takeIn(await drop(`known-${index}`, index * 100));
    await watching.takeIn(await drop("twice", 1000));
    const second = await drop("twice", 1100);
    await sweep(later(11 * minutes));
    expect(sent().map(({ data }) => data)).toEqual([dropOf(second)]);
  });

  test("is taken in once in an hour, whatever the number of instances", async () => {
    await drop("lost");
    const at = new Date(Math.ceil(now / hours) * hours + 30 * minutes);
    await Promise.all(Array.from({ length: 4 }, () => sweep(at)));
    await sweep(new Date(at.getTime() + 29 * minutes));
    expect(sent()).toHaveLength(1);
    expect(watching.world.recorder.timesSaid(sent()[0] ?? { id: "" })).toBe(1);
    await sweep(new Date(at.getTime() + 30 * minutes));
    expect(new Set(sent().map(({ id }) => id)).size).toBe(2);
  });

  test("is taken in within the next hour wherever the process of the sweep ended", async () => {
    await forEveryEffect(async (instance) => {
      await watching.world.reset();
      model = await watching.newModel();
      const event = await drop("lost");
      const { service, delivery } = watching.world.start(instance);
      const other = { stores: service, outbox: service.outbox };
      await instance.run(() => sweepBlobs(other, delivery(randomUUID(), later(11 * minutes))));
      await watching.sweep(later(11 * minutes + 1 * hours));
      expect(await watching.expectOneEnd(event)).toBe("admitted");
    });
  });
});

test("a file in no model's folder, and one that is still appended to, are passed by", async () => {
  await watching.world.put("drops", "a.csv", goodFile());
  await watching.world.put("drops", "No Model/a.csv", goodFile());
  await watching.world.container("drops").getAppendBlobClient(`${model}/log.csv`).create();
  const event = await drop("lost");
  await sweep(later(11 * minutes));
  expect(sent().map(({ data }) => data)).toEqual([dropOf(event)]);
});
