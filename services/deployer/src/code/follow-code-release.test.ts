import { azureEvents, blobSubject, deployModel, modelPromoted, parseEnvelope, paths } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { standInBundle } from "../testing/stand-in-bundle.ts";
import { type DeployerWorld, startDeployerWorld } from "../testing/world.ts";
import { followCodeRelease, NotABundleError } from "./follow-code-release.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const promotions = () => world.recorder.heard(modelPromoted);

describe("inference code that is released", () => {
  const released = (code: string, time: Date) =>
    parseEnvelope({
      specversion: "1.0",
      id: `released ${code} ${time.toISOString()}`,
      source: "/subscriptions/s",
      type: azureEvents.blobCreated,
      subject: blobSubject("releases", `inference/${code}.zip`),
      time: time.toISOString(),
      data: { api: "PutBlob" },
    });
  const release = (code: string, time = new Date(), cause = "an upload") =>
    followCodeRelease(world.deployer, released(code, time), world.delivery(cause));
  const asked = () => world.recorder.heard(deployModel);

  test("is deployed with every champion", async () => {
    await world.givenVersion1();
    const code = await world.upload(await standInBundle("right", "newer"));
    await release(code);
    expect(asked()).toMatchObject([{ data: { model: "digits", version: "1", cause: "code", code } }]);
    await world.deploy({ version: "1", cause: "code", code }, "code");
    expect(await world.pointer()).toMatchObject({ champion: { version: "1", code }, previous: { version: "1" } });
    expect(promotions().at(-1)).toMatchObject({ data: { cause: "code", version: "1", code } });
  });

  test("changes nothing where newer code is released already", async () => {
    await world.givenVersion1();
    const newer = await world.upload(await standInBundle("right", "newer"));
    const older = await world.upload(await standInBundle("right", "older"));
    await release(newer, new Date(2_000), "first");
    await release(older, new Date(1_000), "second");
    expect(asked()).toHaveLength(1);
  });

  test("is refused where its name is not its digest, or it is no bundle", async () => {
    await world.put("releases", paths.codeRelease("e".repeat(64)), "other");
    await expect(release("e".repeat(64))).rejects.toThrow(/has the digest/);
    await expect(release("readme")).rejects.toThrow(NotABundleError);
  });
});
