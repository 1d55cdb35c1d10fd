import { isTransient } from "@ratchet/messaging";
import { until } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPackage } from "../package/package.ts";
import { testManifest } from "../testing/releases.ts";
import { standInBundle } from "../testing/stand-in-bundle.ts";
import { type DeployerWorld, startDeployerWorld } from "../testing/world.ts";
import { PublishError, UnknownAppError } from "./app-service.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const app = "inference-digits";
const failureOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => expect.fail("it worked"),
    (error) => error,
  );

describe("App Service", { timeout: 120_000 }, () => {
  test("begins to publish, and tells later that it is done", async () => {
    const { appService } = world.deployer;
    const staging = await appService.slot(app, "staging");
    const { bytes } = buildPackage(await standInBundle("right"), Buffer.from("weights"), testManifest());
    const publication = await appService.beginPublish(staging, bytes);
    const state = await until("the end of the publication", async () => {
      const found = await appService.publishState(staging, publication);
      return found.kind === "running" ? undefined : found;
    });
    expect(state).toEqual({ kind: "done" });
    expect(await world.deployer.inferenceApp.served(staging.site, "digits")).toMatchObject({ version: "7" });
  });

  test("tells why a publication has failed, and that it knows nothing of another", async () => {
    const { appService } = world.deployer;
    const staging = await appService.slot(app, "staging");
    const publication = await appService.beginPublish(staging, Buffer.from("no zip"));
    const state = await until("the end of the publication", async () => {
      const found = await appService.publishState(staging, publication);
      return found.kind === "running" ? undefined : found;
    });
    expect(state).toMatchObject({ kind: "failed", why: /could not publish the package: ./ });
    expect(await appService.publishState(staging, "another")).toMatchObject({ kind: "unknown", why: /answers 404/ });
  });

  test("says what role is missing where it may not publish; a role that was just given helps", async () => {
    const token = { token: "not.a.token", expiresOnTimestamp: Date.now() + 60_000 };
    const stranger = world.gateway({ credential: { getToken: async () => token } });
    const staging = await world.deployer.appService.slot(app, "staging");
    const failure = await failureOf(stranger.beginPublish(staging, new Uint8Array(10)));
    expect(String(failure)).toContain("needs the role Website Contributor on the app");
    expect(isTransient(failure)).toBe(true);
    expect(failure).not.toBeInstanceOf(PublishError);
  });

  test("names the app or the slot that is not there", async () => {
    const { appService } = world.deployer;
    const failure = await failureOf(appService.slot("inference-weather", "staging"));
    expect(failure).toBeInstanceOf(UnknownAppError);
    expect(String(failure)).toContain("no slot staging of the function app inference-weather");
  });

  test("fails to begin a swap where there is no app", async () => {
    await expect(world.deployer.appService.beginSwap("inference-weather")).rejects.toThrow();
  });
});
