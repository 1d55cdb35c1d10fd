import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { givenSign } from "./testing/given-sign.ts";
import { type EvaluatorWorld, startEvaluatorWorld } from "./testing/world.ts";

// What is judged is really scored, and a machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const hostile = (name: string) => readFile(new URL(`../../../scoring/fixtures/${name}.onnx`, import.meta.url));

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld("apart");
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

describe("what a challenger costs", () => {
  test("is measured beside the champion, kept with the verdict, and no hindrance within its limits", async () => {
    const gate = "  limits: { latency: { times: 50, max: 1s }, memory: { max: 512MiB }, size: 20, drift: 2 }";
    await givenSign(world, { champion: "fair", challenger: "good", gate });
    const { decision, limits = [] } = await world.evaluate({});
    expect(decision).toBe("promote");
    expect(limits.map(({ name, held }) => [name, held])).toEqual([
      ["latency", true],
      ["memory", true],
      ["size", true],
      ["drift", true],
    ]);
    const [latency, memory, size] = limits;
    expect(latency).toMatchObject({ times: 50, max: 1000, timesAtLeast: expect.any(Number) as number });
    for (const one of [latency, memory, size]) {
      expect(one?.challenger).toBeGreaterThan(0);
      expect(one?.champion).toBeGreaterThan(0);
    }
  });

  test("is refused beyond a limit, whatever its quality", async () => {
    await givenSign(world, { champion: "fair", challenger: "good", gate: "  limits: { size: 0.5 }" });
    expect(await world.evaluate({})).toMatchObject({
      decision: "reject",
      reasons: [expect.stringMatching(/^the model's file .* against .*; gate\.limits\.size allows 0\.5 times/)],
      limits: [{ name: "size", held: false }],
    });
  });

  test("is asked of a first model by itself", async () => {
    await givenSign(world, { challenger: "good", gate: "  limits: { memory: { max: 1KiB }, latency: 1 }" });
    expect(await world.evaluate({})).toMatchObject({
      decision: "reject",
      champion: null,
      reasons: [expect.stringMatching(/^memory to score the rows .*; gate\.limits\.memory allows 1 KiB$/)],
    });
  });

  test("leaves a champion that cannot be scored out of it", async () => {
    await givenSign(world, {
      champion: "fair",
      challenger: "good",
      gate: "  limits: { latency: 2 }\n  scoring: { time: 2s }",
    });
    await world.put("runs", "sign-1/model/model.onnx", await hostile("endless"));
    await world.makeChampion("sign", "1", ["a".repeat(16)]);
    const { heldFor, limits } = await world.evaluate({});
    expect(heldFor).toEqual(["champion"]);
    expect(limits).toMatchObject([{ name: "latency", champion: null, held: true }]);
  });
});
