import { championPointer, type DatasetRef, paths } from "@ratchet/contracts";
import { MissingBatchError } from "@ratchet/datasets";
import type { RowBlock } from "@ratchet/scoring";
import { readDefinition } from "@ratchet/state";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readHoldout } from "../scoring/holdout-rows.ts";
import { moveHoldoutEpoch, NoHoldoutError, readHoldoutEpoch } from "../stores.ts";
import { a, b, c } from "../testing/given-sign.ts";
import { testPolicy } from "../testing/policy.ts";
import { signRows, signYaml } from "../testing/sign.ts";
import { type EvaluatorWorld, startEvaluatorWorld } from "../testing/world.ts";
import { findHoldout, type Holdout } from "./find-holdout.ts";

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const policy = testPolicy({ reuseBudget: 1 });

async function find(dataset?: DatasetRef, askedAt = new Date()): Promise<Holdout> {
  const { definition } = await readDefinition(world.service, "sign");
  const champion = (await world.documents("champions").read(paths.champion("sign"), championPointer))?.value.champion;
  const challenge = { model: "sign", dataset, trainedOn: [] };
  const now = new Date();
  return findHoldout(world.service, { challenge, champion, definition, limits: policy, askedAt, now });
}

async function read({ batches }: Holdout): Promise<readonly RowBlock[]> {
  const { definition } = await readDefinition(world.service, "sign");
  return Array.fromAsync(readHoldout(world.service, { model: "sign", batches, definition, textColumns: ["region"] }));
}

/** The rows that judge, each by its only feature. */
const judging = async (dataset?: DatasetRef) =>
  (await read(await find(dataset))).flatMap(({ features }) => [...features]);

/** Spends the epoch, so that what is held out by now judges no more. */
async function retire(): Promise<void> {
  const { held, after, positionOf } = await find();
  const comparison = { model: "sign", version: "2", key: "k", now: new Date(), limits: policy };
  await moveHoldoutEpoch(world.service, { ...comparison, held, scoredAfter: after, positionOf });
  expect((await readHoldoutEpoch(world.service, "sign"))?.attempts).toHaveLength(1);
}

describe("held-out rows", () => {
  test("come at most 1,024 at once, batch by batch, and none is left out or comes twice", async () => {
    await world.apply(signYaml());
    const held = await world.admit("sign", a, signRows(5_000));
    const more = await world.admit("sign", b, signRows(100, 1));
    const parts = await read(await find());
    expect(held).toBeGreaterThan(2_048);
    expect(parts.map(({ count }) => count)).toEqual([1_024, 1_024, held - 2_048, more]);
    const features = parts.flatMap((part) => [...part.features]);
    expect(features).toHaveLength(held + more);
    expect(new Set(features).size).toBe(held + more);
    expect(parts.flatMap(({ texts }) => texts[0] ?? [])).toHaveLength(held + more);
    for (const { features: some, labels } of parts) expect([...labels]).toEqual([...some].map((x) => (x > 0 ? 1 : 0)));
  });

  test("of a larger share than is held out now are left out", async () => {
    await world.apply(signYaml());
    const held = await world.admit("sign", a, signRows(1_000));
    expect(await judging()).toHaveLength(held);
    await world.apply(signYaml("", 0.25));
    const half = (await judging()).length;
    expect(half).toBeGreaterThan(held / 4);
    expect(half).toBeLessThan((held * 3) / 4);
  });

  test("judge once, whichever batches brought them, however they were written", async () => {
    await world.apply(signYaml());
    const rows = signRows(200);
    const held = await world.admit("sign", a, rows);
    const again = rows.map(([x, ...rest]) => [`${x}0`, ...rest] as const);
    await world.admit("sign", b, [...again, ...signRows(200, 1), ...rows]);
    const parts = await read(await find());
    expect(held).toBeGreaterThan(50);
    expect(parts[0]?.count).toBe(held);
    expect(parts[1]?.count).toBeGreaterThan(50);
    const features = parts.flatMap((part) => [...part.features]);
    expect(new Set(features).size).toBe(features.length);
  });

  test("that have judged in a former epoch judge no more, nor do copies of them that came later", async () => {
    await world.apply(signYaml());
    await world.admit("sign", a, signRows(200));
    await retire();
    const former = new Set(await judging());
    await world.admit("sign", b, [...signRows(200), ...signRows(100, 1)]);
    const fresh = await judging();
    expect(fresh.length).toBeGreaterThan(30);
    expect(fresh.filter((x) => former.has(x))).toEqual([]);
  });

  test("are those of all that was admitted until it was asked, and of nothing later", async () => {
    await world.apply(signYaml());
    const held = await world.admit("sign", a, signRows(100), 0.5, new Date(1_000));
    await world.admit("sign", b, signRows(100, 1), 0.5, new Date(2_000));
    const found = await find(undefined, new Date(1_999));
    expect((await read(found)).map(({ count }) => count)).toEqual([held]);
    expect(found.held).toEqual({ through: 1, newest: 1 });
    expect((await find(undefined, new Date(2_000))).held).toEqual({ through: 2, newest: 2 });
  });

  test("of a withdrawn batch judge no more", async () => {
    await world.apply(signYaml());
    await world.admit("sign", a, signRows(100));
    const more = await world.admit("sign", b, signRows(100, 1));
    await world.withdraw("sign", a);
    expect(await judging()).toHaveLength(more);
  });

  test("that are none, or whose file is gone, are named", async () => {
    await world.apply(signYaml());
    await expect(find()).rejects.toThrow(NoHoldoutError);
    await world.admit("sign", a, signRows(20), 0.001);
    await expect(find()).rejects.toThrow("no row of sign's batch is held out to judge by: drop more data");
    await world.admit("sign", b, signRows(100, 1));
    await world.container("batches").deleteBlob(paths.batchHoldout("sign", b));
    await expect(find()).rejects.toThrow(MissingBatchError);
  });
});

describe("by key", () => {
  const keyed = signYaml()
    .replace("  holdout:", "  key: id\n  holdout:")
    .replace("    - { name: x,", "    - { name: id, type: integer, feature: false }\n    - { name: x,");
  const numbered = (rows: readonly (readonly string[])[], from = 0) =>
    rows.map((row, index) => [String(from + index), ...row]);

  test("a corrected row judges by its later label, in its later place, once", async () => {
    await world.apply(keyed);
    const rows = numbered(signRows(200));
    const held = await world.admit("sign", a, rows);
    const corrected = rows.map(([id = "", x = "", region = "", side]) => [
      id,
      x,
      region,
      side === "above" ? "below" : "above",
    ]);
    await world.admit("sign", b, corrected);
    const [only, ...others] = await read(await find());
    expect(others).toEqual([]);
    expect(only?.count).toBe(held);
    expect([...(only?.labels ?? [])]).toEqual([...(only?.features ?? [])].map((x) => (x > 0 ? 0 : 1)));
  });

  test("a row that has judged does not judge again by being corrected", async () => {
    await world.apply(keyed);
    await world.admit("sign", a, numbered(signRows(200)));
    await retire();
    const corrected = numbered(signRows(200)).map(([id = "", x = "", region = ""]) => [id, x, region, "above"]);
    await world.admit("sign", b, corrected);
    expect((await find()).held.newest).toBe(1);
    const held = await world.admit("sign", c, numbered(signRows(100, 1), 1_000));
    expect(await judging()).toHaveLength(held);
  });
});

describe("by time", () => {
  const timed = signYaml()
    .replace("  holdout: 0.5", "  time: day\n  holdout: 0.2")
    .replace("    - { name: x,", "    - { name: day, type: date, feature: false }\n    - { name: x,");
  const dayOf = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
  /** A row for each of some days. */
  const daily = (from: number, count: number) =>
    signRows(count, from).map((row, index) => [dayOf(from + index), ...row]);
  const xsOf = (rows: readonly (readonly string[])[]) => rows.map(([, x]) => Math.fround(Number(x)));

  /** The description of data that has what was admitted up to a position. */
  const trainedOn = (through: number, boundary?: number) => world.describeData("sign", [a], through, boundary);
  const day = (number: number) => Date.UTC(2026, 0, 1 + number);

  test("the newest rows judge, whichever batches brought them", async () => {
    await world.apply(timed);
    const [newer, older] = [daily(50, 50), daily(0, 50)];
    await world.admit("sign", a, newer);
    await world.admit("sign", b, older);
    const newest = newer.slice(30);
    expect(await judging()).toEqual(xsOf(newest));
    expect(await judging(await trainedOn(2, day(80)))).toEqual(xsOf(newest));
  });

  test("only rows judge that are newer than all that trained the challenger and the champion", async () => {
    await world.apply(timed);
    const rows = daily(0, 100);
    await world.admit("sign", a, rows);
    expect(await judging(await trainedOn(1, day(90)))).toEqual(xsOf(rows.slice(90)));
    await world.makeChampion("sign", "1", [], new Date(0), await trainedOn(1, day(95)));
    expect(await judging(await trainedOn(1, day(90)))).toEqual(xsOf(rows.slice(95)));
  });

  test("a model that was trained by another split is judged by what was admitted since", async () => {
    await world.apply(timed);
    await world.admit("sign", a, daily(0, 100));
    const byHash = await trainedOn(1);
    await expect(find(byHash)).rejects.toThrow(NoHoldoutError);
    const rows = daily(100, 100);
    await world.admit("sign", b, rows);
    expect(await judging(byHash)).toEqual(xsOf(rows.slice(60)));
  });
});
