import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { RegisteredModel } from "./gateways/registry.ts";
import { registeredBefore, registeredWithin, registrationsEvery } from "./judge-registered.ts";
import { a, givenSign } from "./testing/given-sign.ts";
import { type EvaluatorWorld, fixture, startEvaluatorWorld } from "./testing/world.ts";

const at = (minutes: number) => new Date(Date.parse("2026-11-23T09:00:00Z") + minutes * 60_000);
const onnx = "databricks/3/model.onnx";

// What is judged is really scored, and a machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const register = (different: Partial<RegisteredModel> = {}) =>
  world.registered.push({
    name: "sign-databricks",
    version: "3",
    tags: { ratchet: "sign", "ratchet-onnx": `runs/${onnx}`, "ratchet-batches": a },
    registeredAt: at(-60),
    ...different,
  });

test("the registry is gone through once an hour, for a week, and what was just registered is let be for a quarter of an hour", () => {
  expect([registrationsEvery, registeredWithin, registeredBefore]).toEqual([3_600_000, 604_800_000, 900_000]);
});

describe("a challenger whose registration nobody told of", () => {
  test("is asked about and judged, once", async () => {
    await givenSign(world, { champion: "fair", challenger: "poor", rows: 250 });
    await world.put("runs", onnx, await fixture("good"));
    register();
    const [message, ...more] = await world.goThroughRegistry(at(0));
    expect(more).toEqual([]);
    expect(message?.data).toEqual({
      model: "sign",
      version: "sign-databricks-3",
      onnx: { container: "runs", path: onnx },
      trainedOn: [a],
    });
    await world.deliver(message ?? expect.fail("it was not asked about"), at(1));
    expect(await world.verdict("sign-databricks-3")).toMatchObject({ decision: "promote" });
    expect(await world.goThroughRegistry(at(60))).toEqual([]);
  });

  test("is asked about again in the next hour, under another id, as long as nothing came of it", async () => {
    register();
    const [one] = await world.goThroughRegistry(at(0));
    expect(await world.goThroughRegistry(at(59))).toEqual([]);
    const [two] = await world.goThroughRegistry(at(60));
    expect(two?.data).toEqual(one?.data);
    expect(two?.id).not.toBe(one?.id);
  });

  test("is let be where its event may be on its way, or it was registered long ago", async () => {
    register({ version: "4", registeredAt: new Date(at(-15).getTime() + 1) });
    register({ version: "5", registeredAt: at(-15) });
    register({ version: "6", registeredAt: at(-7 * 1_440) });
    register({ version: "7", registeredAt: new Date(at(-7 * 1_440).getTime() - 1) });
    const asked = await world.goThroughRegistry(at(0));
    expect(asked.map(({ data }) => data.version)).toEqual(["sign-databricks-5", "sign-databricks-6"]);
  });
});

describe("a registered model is let be", () => {
  test("where it is none of Ratchet's challengers, or Ratchet's own", async () => {
    register({ tags: {} });
    register({ tags: { ratchet: "sign", "ratchet-run": "sign-0f1e2d3c4b5a6978" } });
    expect(await world.goThroughRegistry(at(0))).toEqual([]);
  });

  test("where it was judged before there were records of that, or has failed and is being tried", async () => {
    await givenSign(world, { challenger: "good", rows: 250 });
    await world.evaluate({}, "first");
    await world.container("verdicts").deleteBlob("sign/judgements/2.json");
    await world.evaluate({ version: "9" }, "first").catch(() => undefined);
    for (const version of ["2", "9"]) register({ name: "sign", version });
    expect(await world.goThroughRegistry(at(0))).toEqual([]);
  });

  test("where it does not say enough, which is logged and holds up no other", async () => {
    register({ version: "4", tags: { ratchet: "sign" } });
    register({ version: "5" });
    const asked = await world.goThroughRegistry(at(0));
    expect(asked.map(({ data }) => data.version)).toEqual(["sign-databricks-5"]);
    expect(world.logged.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(
        "model sign-databricks:4 is tagged ratchet: sign but does not say where its ONNX file is",
      ),
    );
  });
});
