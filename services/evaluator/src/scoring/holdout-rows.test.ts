import { readDefinition } from "@ratchet/state";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { a, b } from "../testing/given-sign.ts";
import { signRows, signYaml } from "../testing/sign.ts";
import { type EvaluatorWorld, startEvaluatorWorld } from "../testing/world.ts";
import { type HoldoutRows, readHoldout } from "./holdout-rows.ts";

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

async function read(
  batches: readonly string[],
  share = 0.5,
  judged: readonly string[] = [],
): Promise<readonly HoldoutRows[]> {
  const { definition } = await readDefinition(world.service, "sign");
  const request = { model: "sign", batches, judged, definition, share, textColumns: ["region"] };
  return Array.fromAsync(readHoldout(world.service, request));
}

describe("held-out rows", () => {
  test("come at most 1,024 at once, batch by batch, and none is left out or comes twice", async () => {
    await world.apply(signYaml());
    const held = await world.admit("sign", a, signRows(5_000));
    const more = await world.admit("sign", b, signRows(100, 1));
    const parts = await read([a, b]);
    expect(held).toBeGreaterThan(2_048);
    expect(parts.map(({ count }) => count)).toEqual([1_024, 1_024, held - 2_048, more]);
    const features = parts.flatMap((part) => [...part.features]);
    expect(features).toHaveLength(held + more);
    expect(new Set(features).size).toBe(held + more);
    expect(parts.flatMap(({ texts }) => texts[0] ?? [])).toHaveLength(held + more);
    for (const { features: some, labels } of parts) expect([...labels]).toEqual([...some].map((x) => (x > 0 ? 1 : 0)));
  });

  test("that come to exactly as many as at once leave nothing behind them", async () => {
    await world.apply(signYaml());
    const rows = signRows(4_000);
    let count = 0;
    const held = await world.admit("sign", a, rows);
    const keep = (await world.textOf("batches", `sign/${a}/holdout.csv`)).split("\n").slice(0, 1_025);
    await world.put("batches", `sign/${a}/holdout.csv`, `${keep.join("\n")}\n`);
    expect(held).toBeGreaterThan(1_024);
    for (const part of await read([a])) count += part.count;
    expect(count).toBe(1_024);
    expect(await read([a])).toHaveLength(1);
  });

  test("of a larger share than judges are left out", async () => {
    await world.apply(signYaml());
    const held = await world.admit("sign", a, signRows(1_000));
    const half = (await read([a], 0.25)).reduce((sum, { count }) => sum + count, 0);
    expect(half).toBeGreaterThan(held / 4);
    expect(half).toBeLessThan((held * 3) / 4);
    expect(await read([a], 0)).toEqual([]);
  });

  test("judge once, whichever batches brought them, however they were written", async () => {
    await world.apply(signYaml());
    const rows = signRows(200);
    const held = await world.admit("sign", a, rows);
    const again = rows.map(([x, ...rest]) => [`${x}0`, ...rest] as const);
    await world.admit("sign", b, [...again, ...signRows(200, 1), ...rows]);
    const more = (await read([b])).reduce((sum, { count }) => sum + count, 0) - held;
    expect(held).toBeGreaterThan(50);
    expect(more).toBeGreaterThan(50);
    const both = await read([a, b]);
    expect(both.map(({ count }) => count)).toEqual([held, more]);
    expect(new Set(both.flatMap((part) => [...part.features])).size).toBe(held + more);
  });

  test("that have judged in a former epoch judge no more, nor do copies of them that came later", async () => {
    await world.apply(signYaml());
    const held = await world.admit("sign", a, signRows(200));
    await world.admit("sign", b, [...signRows(200), ...signRows(100, 1)]);
    const fresh = (await read([b])).reduce((sum, { count }) => sum + count, 0) - held;
    expect((await read([b], 0.5, [a])).map(({ count }) => count)).toEqual([fresh]);
  });

  test("are not held up by rows of a former epoch that are gone, or that the schema no longer fits", async () => {
    await world.apply(signYaml());
    const held = await world.admit("sign", b, signRows(100, 1));
    await world.admit("sign", a, signRows(200));
    const known = (await world.textOf("batches", `sign/${b}/holdout.csv`)).trimEnd().split("\n").at(-1);
    const count = async () => (await read([b], 0.5, [a])).reduce((sum, part) => sum + part.count, 0);
    await world.put("batches", `sign/${a}/holdout.csv`, `x,region,side\nmany,north,above\n${known}\n`);
    expect(await count()).toBe(held - 1);
    await world.put("batches", `sign/${a}/holdout.csv`, "y,side\n1,above\n");
    expect(await count()).toBe(held);
    await world.container("batches").deleteBlob(`sign/${a}/holdout.csv`);
    expect(await count()).toBe(held);
  });
});
