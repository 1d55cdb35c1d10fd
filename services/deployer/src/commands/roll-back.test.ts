import { modelFrozen, modelPromoted, modelRolledBack } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { standInBundle } from "../testing/stand-in-bundle.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";
import { NothingToRollBackError } from "./plan.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const promotions = () => world.recorder.heard(modelPromoted);
const rollbacks = () => world.recorder.heard(modelRolledBack);

describe("a rollback", { timeout: 120_000 }, () => {
  test("swaps the release before back while it waits in staging, and withdraws the champion", async () => {
    const code = await world.givenVersion1();
    await world.deployVersion2("right");
    await world.rollBack("wrong sevens");
    expect(world.calls).toEqual(["publish", "swap", "publish", "swap", "swap"]);
    expect(await world.predict()).toMatchObject({ version: "1" });
    expect(await world.pointer()).toMatchObject({
      champion: { version: "1" },
      previous: null,
      withdrawn: [{ version: "2" }],
    });
    expect(rollbacks()).toMatchObject([
      { data: { version: "1", code, from: { version: "2" }, cause: "request", reason: "wrong sevens" } },
    ]);
  });

  test("publishes the package of the release before again where staging holds another", async () => {
    await world.givenVersion1();
    await world.deployVersion2("right");
    const code = await world.upload(await standInBundle("never-ready"));
    await world.judge("3", "2");
    await world.deploy({ version: "3", code }, "third").catch(() => undefined);
    await world.rollBack("wrong sevens");
    expect(world.calls.slice(-4)).toEqual(["publish", "restart", "publish", "swap"]);
    expect(await world.predict()).toMatchObject({ version: "1" });
  });

  test("freezes the model, and everybody hears of both, in this order", async () => {
    await world.givenVersion1();
    await world.deployVersion2("right");
    await world.rollBack("wrong sevens");
    expect((await world.pointer())?.frozen).toMatchObject({ reason: "wrong sevens" });
    const said = world.recorder.said.filter(({ type }) => type === modelRolledBack.type || type === modelFrozen.type);
    expect(said).toMatchObject([
      { type: modelRolledBack.type },
      { type: modelFrozen.type, data: { version: "1", cause: "roll-back", reason: "wrong sevens" } },
    ]);
  });

  test("that fails in production leaves the champion where it was", async () => {
    await world.givenVersion1();
    await world.deployVersion2("right");
    const production = await world.site();
    world.instead.predict = (site, _model, golden) =>
      site === production && world.calls.length === 5
        ? Promise.resolve({ kind: "given", version: "1", values: golden.expected.flat().map((value) => value + 1) })
        : undefined;
    await expect(world.rollBack("wrong sevens")).rejects.toThrow(
      /version 1 failed in production: for golden row 0 .*; version 2 serves again/,
    );
    expect(await world.predict()).toMatchObject({ version: "2" });
    const pointer = await world.pointer();
    expect(pointer).toMatchObject({ champion: { version: "2" }, previous: { version: "1" }, withdrawn: [] });
    expect(pointer?.frozen).toBeUndefined();
    expect(rollbacks()).toMatchObject([
      { data: { version: "2", from: { version: "1" }, cause: "verification-failed" } },
    ]);
  });

  test("is refused where there is nothing to put back", async () => {
    await world.apply(digitsYaml);
    await expect(world.rollBack("wrong sevens")).rejects.toThrow(NothingToRollBackError);
    await world.givenVersion1();
    await expect(world.rollBack("wrong sevens")).rejects.toThrow(NothingToRollBackError);
  });

  test("is not undone by the verdict that led to the withdrawn release, but by force", async () => {
    await world.givenVersion1();
    await world.deployVersion2("right");
    await world.rollBack("wrong sevens");
    await expect(world.deploy({ version: "2" }, "later")).rejects.toThrow(/taken out of production by a rollback/);
    await world.force("2", "the sevens were right", "later still");
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, withdrawn: [] });
    expect(promotions().at(-1)).toMatchObject({
      data: { cause: "forced", reason: "the sevens were right", frozen: true },
    });
  });
});
