import { isTransient } from "@ratchet/messaging";
import { until } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPackage } from "../package/package.ts";
import { testManifest } from "../testing/releases.ts";
import { standInBundle } from "../testing/stand-in-bundle.ts";
import { type DeployerWorld, startDeployerWorld, unpackaged } from "../testing/world.ts";
import { type AppService, PublishError, UnknownAppError } from "./app-service.ts";

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
  const ended = (address: Awaited<ReturnType<AppService["slot"]>>, name: string) =>
    until("the end of the publication", async () => {
      const found = await world.deployer.appService.publishState(address, name);
      return found.kind === "running" || found.kind === "unknown" ? undefined : found;
    });

  test("begins to publish, and tells later that it is done, whatever else is published by then", async () => {
    const { appService, inferenceApp } = world.deployer;
    const staging = await appService.slot(app, "staging");
    const { bytes } = buildPackage(await standInBundle("right"), Buffer.from("weights"), testManifest());
    expect(await appService.beginPublish(staging, bytes, "the first")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await ended(staging, "the first")).toEqual({ kind: "done" });
    const served = await until("the app", async () => {
      const found = await inferenceApp.served(staging.site, "digits");
      return found.kind === "release" ? found : undefined;
    });
    expect(served).toMatchObject({ version: "7" });
    expect(await ended(staging, "the second")).toEqual({
      kind: "another",
      why: "the deployment service shows another publication: the first",
    });
  });

  test("knows nothing of a publication that nobody has begun", async () => {
    const { appService } = world.deployer;
    const staging = await appService.slot(app, "staging");
    expect(await appService.publishState(staging, "any")).toMatchObject({ kind: "unknown", why: /answers 404/ });
  });

  test("calls a package published that is none: that the app is down is seen there", async () => {
    const { appService, inferenceApp } = world.deployer;
    const staging = await appService.slot(app, "staging");
    await appService.beginPublish(staging, Buffer.from("no zip"), "no zip");
    expect(await ended(staging, "no zip")).toEqual({ kind: "done" });
    await until("the app's end", async () => (await inferenceApp.readiness(staging.site)).kind === "starting");
  });

  test("tells why a publication has failed", async () => {
    const { appService } = world.deployer;
    const staging = await appService.slot(unpackaged, "staging");
    await appService.beginPublish(staging, Buffer.from("no zip"), "no zip");
    expect(await ended(staging, "no zip")).toMatchObject({ kind: "failed", why: /could not publish the package: ./ });
  });

  test("says what role is missing where it may not publish; a role that was just given helps", async () => {
    const token = { token: "not.a.token", expiresOnTimestamp: Date.now() + 60_000 };
    const stranger = world.gateway({ credential: { getToken: async () => token } });
    const staging = await world.deployer.appService.slot(app, "staging");
    const failure = await failureOf(stranger.beginPublish(staging, new Uint8Array(10), "any"));
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
