import { afterAll, beforeAll, expect, test } from "vitest";
import { type DeployerWorld, startDeployerWorld } from "../testing/world.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld("rough");
  await world.reset();
});
afterAll(() => world[Symbol.asyncDispose]());

test("where the app comes up with the package before, it is restarted and serves the release", {
  timeout: 60_000,
}, async () => {
  await world.givenVersion1();
  await world.deployVersion2("right");
  expect(await world.predict()).toMatchObject({ version: "2" });
  expect(world.calls).toEqual(["publish", "swap", "publish", "restart", "swap"]);
});
