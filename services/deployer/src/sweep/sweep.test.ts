import {
  advanceDeployment,
  championPointer,
  currentCode,
  deployModel,
  modelPromoted,
  paths,
  processStuck,
  productionDrifted,
} from "@ratchet/contracts";
import { SweepError } from "@ratchet/messaging";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type InstantApp, instantApp, tinyBundle } from "../testing/instant-app.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";
import { overdueAfter } from "./look-at-open.ts";
import { sweep, sweepEvery } from "./sweep.ts";

let world: DeployerWorld;
let instant: InstantApp;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(async () => {
  await world.forget();
  instant = instantApp(world.calls);
  world.instead = { ...instant.outside };
  await world.apply(digitsYaml);
});
afterAll(() => world[Symbol.asyncDispose]());

const hurry = true;

/** Version 1 in production; gives its code. */
async function given1(): Promise<string> {
  const code = await world.upload(tinyBundle());
  await world.judge("1", null);
  await world.deploy({ version: "1" }, "first");
  return code;
}
const isCurrent = (code: string) =>
  world
    .documents("champions")
    .write(paths.currentCode, currentCode, { code, releasedAt: world.now().toISOString() }, "any");

test("the sweep looks every minute, and helps a deployment on that nobody looked at for half a minute", () => {
  expect(sweepEvery).toBe(60_000);
  expect(overdueAfter).toBe(30_000);
});

describe("a sweep", { timeout: 120_000 }, () => {
  test("finds nothing to do where production serves its champion with current code", async () => {
    await isCurrent(await given1());
    const said = world.recorder.said.length;
    await world.sweep();
    expect(world.recorder.said).toHaveLength(said);
  });

  test("sends the step of a deployment whose message was lost, once per period, under an id of its own", async () => {
    await given1();
    await world.judge("2", "1");
    await world.deliver(world.deployMessage({ version: "2" }, "second"));
    await world.settle({ hurry, upTo: "staged" });
    const lost = world.recorder.said.at(-1) ?? expect.fail();
    const before = world.recorder.heard(advanceDeployment).length;
    await world.sweep();
    await sweep(world.deployer, { now: world.now(), log: world.delivery("the same period").log });
    const sent = world.recorder.heard(advanceDeployment).slice(before);
    expect(sent).toMatchObject([{ subject: lost.subject }]);
    expect(sent[0]?.id).not.toBe(lost.id);
    await world.deliver(sent[0] ?? expect.fail());
    await world.settle({ hurry });
    expect(instant.slots.production?.version).toBe("2");
  });

  test("leaves a deployment alone that is looked at, and its champion with it", async () => {
    await given1();
    await world.judge("2", "1");
    await world.deliver(world.deployMessage({ version: "2" }, "second"));
    instant.slots.production = undefined;
    const said = world.recorder.said.length;
    await sweep(world.deployer, { now: world.now(), log: world.delivery("sweep").log });
    expect(world.recorder.said).toHaveLength(said);
  });

  test("has the champion deployed again where production serves something else, and says so", async () => {
    await given1();
    await world.judge("2", "1");
    await world.deploy({ version: "2" }, "second");
    // Somebody swaps by hand.
    await instant.outside.beginSwap("inference-digits");
    await world.sweep();
    await world.settle({ hurry });
    expect(instant.slots.production?.version).toBe("2");
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, previous: { version: "1" } });
    expect(world.recorder.heard(productionDrifted)).toMatchObject([
      { data: { app: "inference-digits", version: "2", serves: { version: "1" } } },
    ]);
    expect(world.recorder.heard(modelPromoted)).toHaveLength(2);
  });

  test("publishes the champion anew where production is empty", async () => {
    await given1();
    instant.slots.production = undefined;
    await world.sweep();
    await world.settle({ hurry });
    expect(instant.slots.production).toMatchObject({ model: "digits", version: "1" });
    expect(world.recorder.heard(productionDrifted)).toMatchObject([{ data: { serves: null } }]);
  });

  test("decides nothing where production does not say what it serves", async () => {
    await given1();
    world.instead.served = () => Promise.resolve({ kind: "unknown", why: "it answers 503" });
    const said = world.recorder.said.length;
    await world.sweep();
    expect(world.recorder.said).toHaveLength(said);
  });

  test("tries a champion that does not come up again after a quarter of an hour, and tells an operator", async () => {
    await given1();
    instant.slots.production = undefined;
    world.instead.predict = () => Promise.resolve({ kind: "refused", why: "it answers 400" });
    await world.sweep();
    await world.settle({ hurry });
    expect(world.recorder.heard(processStuck)).toMatchObject([
      { data: { state: "failed", reason: "version 1 fails its smoke test: it answers 400" } },
    ]);
    await world.sweep();
    expect(world.recorder.heard(productionDrifted)).toHaveLength(1);
    world.skip(900_000);
    world.instead.predict = instant.outside.predict;
    await world.sweep();
    await world.settle({ hurry });
    expect(instant.slots).toMatchObject({ production: { version: "1" } });
  });

  test("asks for current code for a champion that has not got it, and once for as long as that is not answered", async () => {
    await given1();
    const code = await world.upload(tinyBundle("mended"));
    await isCurrent(code);
    await world.sweep();
    await world.sweep();
    const asked = world.recorder.heard(deployModel);
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(asked[0]).toMatchObject({ data: { model: "digits", version: "1", cause: "code", code } });
    await world.settle({ hurry });
    expect(await world.pointer()).toMatchObject({ champion: { version: "1", code } });
  });

  test("asks for no code that is not there", async () => {
    await given1();
    await isCurrent("e".repeat(64));
    await world.sweep();
    expect(world.recorder.heard(deployModel)).toEqual([]);
    expect(world.logged.at(-1)).toMatchObject({ message: /is not in the container releases any more/ });
  });

  test("completes a pointer from before digests were kept", async () => {
    await given1();
    const pointer = (await world.pointer()) ?? expect.fail();
    const { sha256, ...onnx } = pointer.champion.onnx;
    const before = { ...pointer, champion: { ...pointer.champion, onnx } };
    await world.documents("champions").write(paths.champion("digits"), championPointer, before, "any");
    await world.sweep();
    expect((await world.pointer())?.champion.onnx.sha256).toBe(sha256);
  });

  test("takes the mark of a deployment away when it is long closed", async () => {
    await given1();
    expect(await world.pathsOf("champions", "_open/")).toEqual(["_open/deployments/inference-digits"]);
    await world.sweep();
    expect(await world.pathsOf("champions", "_open/")).toHaveLength(1);
    world.skip(3 * 3_600_000);
    await world.sweep();
    expect(await world.pathsOf("champions", "_open/")).toEqual([]);
  });

  test("looks at all others where one cannot be looked at", async () => {
    await given1();
    await world.apply(
      digitsYaml.replace("model: digits", "model: elsewhere").replace("inference-digits", "inference-x"),
    );
    const pointer = (await world.pointer()) ?? expect.fail();
    const other = { ...pointer, model: "elsewhere", endpoint: "https://elsewhere.invalid" };
    await world.documents("champions").write(paths.champion("a-lost-one"), championPointer, other, "any");
    await world.documents("champions").write(paths.champion("elsewhere"), championPointer, other, "any");
    world.instead.slot = (app, slot) =>
      app === "inference-x" ? Promise.reject(new Error("403")) : instant.outside.slot(app, slot);
    instant.slots.production = undefined;
    await expect(world.sweep()).rejects.toThrow(SweepError);
    await world.settle({ hurry });
    expect(instant.slots.production).toMatchObject({ model: "digits" });
  });
});
