import { azureEvents, blobSubject, deployModel, modelPromoted, parseEnvelope, paths } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readKeptPackage } from "../package/kept-package.ts";
import { modelIn } from "../package/package.ts";
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

describe("inference code that is released", { timeout: 120_000 }, () => {
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
    await world.settle();
    expect(await world.pointer()).toMatchObject({ champion: { version: "1", code }, previous: { version: "1" } });
    expect(promotions().at(-1)).toMatchObject({ data: { cause: "code", version: "1", code } });
  });

  test("that is released during a deployment reaches whoever is champion at its end", async () => {
    await world.givenVersion1();
    await world.deliver(await world.givenVersion2("right"));
    const code = await world.upload(await standInBundle("right", "mended"));
    await release(code);
    await world.settle();
    expect(await world.pointer()).toMatchObject({ champion: { version: "2", code } });
    expect(promotions().map(({ data: { version, cause } }) => [version, cause])).toEqual([
      ["1", "verdict"],
      ["2", "verdict"],
      ["2", "code"],
    ]);
  });

  test("that is released during a deployment that fails reaches the champion that stays", async () => {
    await world.givenVersion1();
    await world.deliver(await world.givenVersion2("wrong-predictions"));
    const code = await world.upload(await standInBundle("right", "mended"));
    await release(code);
    await expect(world.settle()).rejects.toThrow(/fails its smoke test/);
    expect(await world.pointer()).toMatchObject({ champion: { version: "1", code } });
  });

  test("that does not serve as it should is tried once, and stays in staging", async () => {
    const before = await world.givenVersion1();
    const code = await world.upload(await standInBundle("wrong-predictions", "broken"));
    await release(code);
    await expect(world.settle()).rejects.toThrow(/version 1 fails its smoke test/);
    expect(await world.pointer()).toMatchObject({ champion: { version: "1", code: before } });
    const calls = [...world.calls];
    await world.sweep();
    await world.settle();
    expect(world.calls).toEqual(calls);
  });

  test("is deployed with the champion's own model, whatever runs and verdicts say of its version by now", async () => {
    await world.givenVersion1();
    const { onnx } = (await world.pointer())?.champion ?? expect.fail("there is no champion");
    // Another model under the same number, held by its judge; and a training that writes where the champion was trained.
    await world.judge("1", "1", Buffer.from("weights of somebody else"));
    await world.put("runs", onnx.path, "weights of somebody else");
    const code = await world.upload(await standInBundle("right", "newer"));
    await release(code);
    await world.settle();
    const champion = (await world.pointer())?.champion;
    expect(champion).toMatchObject({ version: "1", code, onnx });
    const kept = await readKeptPackage(world.deployer.stores, champion?.package ?? "");
    expect(Buffer.from(modelIn(kept)).toString()).toBe("weights of 1");
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
