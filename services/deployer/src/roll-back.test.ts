import { modelPromoted, modelRolledBack } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NothingToRollBackError } from "./plan.ts";
import { standInBundle } from "./testing/stand-in-bundle.ts";
import { type DeployerWorld, startDeployerWorld } from "./testing/world.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const promotions = () => world.recorder.heard(modelPromoted);
const rollbacks = () => world.recorder.heard(modelRolledBack);

describe("a rollback", () => {
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
    expect(world.calls.slice(-3)).toEqual(["publish", "publish", "swap"]);
    expect(await world.predict()).toMatchObject({ version: "1" });
  });

  test("delivered again says the same again and does nothing", async () => {
    await world.givenVersion1();
    await world.deployVersion2("right");
    world.recorder.breath = 0;
    await expect(world.rollBack("wrong sevens")).rejects.toThrow("the process ends here");
    world.recorder.breath = Number.POSITIVE_INFINITY;
    await world.rollBack("wrong sevens");
    expect(world.calls.filter((call) => call === "swap")).toHaveLength(3);
    expect(rollbacks()).toHaveLength(1);
  });

  test("is refused where there is nothing to put back", async () => {
    await expect(world.rollBack("wrong sevens")).rejects.toThrow(NothingToRollBackError);
    await world.givenVersion1();
    await expect(world.rollBack("wrong sevens")).rejects.toThrow(NothingToRollBackError);
  });

  test("is not undone by the verdict that led to the withdrawn release, but by force", async () => {
    await world.givenVersion1();
    await world.deployVersion2("right");
    await world.rollBack("wrong sevens");
    await expect(world.deploy({ version: "2" }, "later")).rejects.toThrow(/taken out of production by a rollback/);
    await world.deploy({ version: "2", cause: "forced", reason: "the sevens were right" }, "operator");
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, withdrawn: [] });
    expect(promotions().at(-1)).toMatchObject({ data: { cause: "forced", reason: "the sevens were right" } });
  });
});
