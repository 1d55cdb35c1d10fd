import { evaluateModel, modelFrozen, modelPromoted, modelThawed } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { instantApp, tinyBundle } from "../testing/instant-app.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";
import { NothingToFreezeError } from "./freeze.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(async () => {
  await world.forget();
  world.instead = { ...instantApp(world.calls).outside };
  await world.apply(digitsYaml);
  await world.upload(tinyBundle());
});
afterAll(() => world[Symbol.asyncDispose]());

/** Version 1 in production. */
async function given1(): Promise<void> {
  await world.judge("1", null);
  await world.deploy({ version: "1" }, "first");
}
const champion = async () => (await world.pointer())?.champion.version;

describe("a frozen model", { timeout: 120_000 }, () => {
  test("keeps its champion: a challenger that is better is held back, the newest of them", async () => {
    await given1();
    await world.freeze("the fair");
    for (const version of ["2", "3"]) {
      await world.judge(version, "1");
      await world.deploy({ version }, `better ${version}`);
    }
    expect(await champion()).toBe("1");
    expect((await world.pointer())?.frozen).toMatchObject({ reason: "the fair", heldBack: { version: "3" } });
    expect(world.recorder.heard(modelFrozen)).toMatchObject([
      { data: { version: "1", cause: "request", reason: "the fair" } },
    ]);
    expect(world.calls).toEqual(["publish", "swap"]);
  });

  test("gets new code as ever", async () => {
    await given1();
    await world.freeze("the fair");
    const code = await world.upload(tinyBundle("mended"));
    await world.deploy({ version: "1", cause: "code", code }, "code");
    expect(await world.pointer()).toMatchObject({ champion: { version: "1", code }, frozen: { reason: "the fair" } });
    expect(world.recorder.heard(modelPromoted).at(-1)?.data).toMatchObject({ cause: "code", frozen: true });
  });

  test("gets what an operator forces, says so, and stays frozen", async () => {
    await given1();
    await world.freeze("the fair");
    await world.judge("2", "1");
    await world.deploy({ version: "2" }, "better");
    await world.force("2", "the new cameras", "an operator again");
    const pointer = await world.pointer();
    expect(pointer).toMatchObject({ champion: { version: "2" }, frozen: { reason: "the fair" } });
    expect(pointer?.frozen?.heldBack).toBeUndefined();
    expect(world.recorder.heard(modelPromoted).at(-1)?.data).toMatchObject({
      version: "2",
      cause: "forced",
      reason: "the new cameras",
      frozen: true,
    });
  });

  test("that is frozen while a challenger is on its way holds that back as well, as long as it is not swapped", async () => {
    await given1();
    await world.judge("2", "1");
    await world.deliver(world.deployMessage({ version: "2" }, "better"));
    await world.settle({ hurry: true, upTo: "proven" });
    await world.freeze("the fair");
    expect(await champion()).toBe("1");
    expect((await world.pointer())?.frozen?.heldBack).toMatchObject({ version: "2" });
    expect(world.calls).toEqual(["publish", "swap", "publish"]);
  });

  test("is frozen once: asked again, it is frozen since then, and for the first reason", async () => {
    await given1();
    await world.freeze("the fair");
    await world.freeze("another fair", "somebody else");
    expect((await world.pointer())?.frozen).toMatchObject({ reason: "the fair" });
    expect(world.recorder.heard(modelFrozen)).toHaveLength(1);
  });
});

describe("a thaw", { timeout: 120_000 }, () => {
  test("has the challenger that was held back judged again, says so, and lets the next one be deployed", async () => {
    await given1();
    await world.freeze("the fair");
    await world.judge("2", "1");
    await world.deploy({ version: "2" }, "better");
    await world.thaw("it is over", "an operator again");
    expect(world.recorder.heard(evaluateModel)).toMatchObject([{ data: { model: "digits", version: "2" } }]);
    expect(world.recorder.heard(modelThawed)).toMatchObject([
      { data: { version: "1", judgedAgain: "2", reason: "it is over" } },
    ]);
    expect((await world.pointer())?.frozen).toBeUndefined();
    expect(await champion()).toBe("1");
    await world.deploy({ version: "2" }, "judged again");
    expect(await champion()).toBe("2");
  });

  test("of a model that holds nothing back, or is not frozen, has nothing judged again", async () => {
    await given1();
    await world.thaw("by mistake");
    expect(world.recorder.heard(modelThawed)).toEqual([]);
    await world.freeze("the fair");
    await world.thaw("it is over", "an operator again");
    expect(world.recorder.heard(modelThawed)).toMatchObject([{ data: { judgedAgain: null } }]);
    expect(world.recorder.heard(evaluateModel)).toEqual([]);
  });
});

test("a model of which nothing is in production can neither be frozen nor thawed", async () => {
  await expect(world.freeze("the fair")).rejects.toThrow(NothingToFreezeError);
  await expect(world.thaw("it is over")).rejects.toThrow(/nothing of digits was ever in production/);
});

test("a pointer from before apps had records is frozen as any other", async () => {
  await given1();
  await world.container("champions").deleteBlob("deployments/inference-digits.json");
  await world.freeze("the fair");
  expect(world.recorder.heard(modelFrozen)).toHaveLength(1);
  expect(await world.record()).toMatchObject({ model: "digits", state: "announced", release: { version: "1" } });
});
