import { evaluateModel, type ModelPromoted, type ModelRolledBack, parseEnvelope, paths } from "@ratchet/contracts";
import { zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PublishError, UnknownAppError } from "./gateways/app-service.ts";
import { NoInferenceCodeError } from "./inference-code.ts";
import { NothingToRollBackError, RefusedDeploymentError } from "./plan.ts";
import { StagingError, VerificationError } from "./put-into-production.ts";
import { NotABundleError, releaseCode } from "./release-code.ts";
import { MissingFileError } from "./stores.ts";
import { testManifest } from "./testing/releases.ts";
import { type Behaviour, standInBundle } from "./testing/stand-in-bundle.ts";
import { digitsYaml, startWorld, type World } from "./testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const promotions = () => world.said.filter(({ type }) => type === "ratchet.model.promoted.v1") as ModelPromoted[];
const rollbacks = () => world.said.filter(({ type }) => type === "ratchet.model.rolled-back.v1") as ModelRolledBack[];

/** Version 1 in production, by code that behaves well. */
async function givenVersion1(): Promise<string> {
  await world.apply();
  const code = await world.upload(await standInBundle("right"));
  await world.judge("1", null);
  await world.deploy({ version: "1" }, "first");
  return code;
}

/** Deploys version 2 with code of some behaviour. */
async function deployVersion2(behaviour: Behaviour): Promise<void> {
  const code = await world.upload(await standInBundle(behaviour, "second"));
  await world.judge("2", "1");
  await world.deploy({ version: "2", code }, "second");
}

describe("a deployment", () => {
  test("publishes to staging, swaps, moves the pointer, keeps the package and says so", async () => {
    const code = await givenVersion1();
    expect(await world.predict()).toMatchObject({ status: 200, version: "1" });
    const pointer = await world.pointer();
    expect(pointer).toMatchObject({
      champion: { version: "1", code, trainedOn: ["3f1c9a0b5d7e2468"], verdict: "digits/1.json" },
      previous: null,
      endpoint: await world.site(),
    });
    expect(await world.stores.container("packages").getBlobClient(`${pointer?.champion.package}.zip`).exists()).toBe(
      true,
    );
    expect(promotions()).toMatchObject([{ data: { version: "1", code, cause: "verdict", previous: null } }]);
    expect(world.calls).toEqual(["publish", "swap"]);
  });

  test("of a better model takes the former one's place and names it", async () => {
    await givenVersion1();
    await deployVersion2("right");
    expect(await world.predict()).toMatchObject({ version: "2" });
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, previous: { version: "1" } });
    expect(promotions()[1]).toMatchObject({ data: { version: "2", previous: { version: "1" } } });
  });

  test("uses the newest inference code where the command names none", async () => {
    await world.apply();
    await world.upload(await standInBundle("never-ready"));
    // Blob storage tells times in whole seconds: the pointer that code-released moves is what orders them.
    const code = await world.upload(await standInBundle("right"));
    await world.stores
      .documents("champions")
      .write(paths.currentCode, { code, releasedAt: new Date().toISOString() }, "any");
    await world.judge("1", null);
    await world.deploy({ version: "1" });
    expect(await world.pointer()).toMatchObject({ champion: { code } });
  });

  test("by a verdict against another champion touches nothing, and asks for a judgement against the present one", async () => {
    await givenVersion1();
    await world.judge("2", null);
    await world.deploy({ version: "2" }, "second");
    expect(world.calls).toEqual(["publish", "swap"]);
    expect(await world.predict()).toMatchObject({ version: "1" });
    const asked = world.said.filter(({ type }) => type === evaluateModel.type);
    expect(asked).toMatchObject([{ data: { model: "digits", version: "2", onnx: { container: "runs" } } }]);
  });

  test("of the same release by somebody else does nothing and says nothing", async () => {
    await givenVersion1();
    await world.deploy({ version: "1" }, "another");
    expect(world.calls).toEqual(["publish", "swap"]);
    expect(promotions()).toHaveLength(1);
  });
});

describe("a release that is not fit", () => {
  test.each<[Behaviour, RegExp]>([
    ["never-ready", /version 2 does not come up in staging: its model is broken/],
    [
      "wrong-predictions",
      /version 2 fails its smoke test: for golden row 0 it predicts scores 11, not 10 within 0\.001/,
    ],
  ])("(%s) stays in staging, and production goes on", async (behaviour, reason) => {
    await givenVersion1();
    const failure = await deployVersion2(behaviour).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StagingError);
    expect(String(failure)).toMatch(reason);
    expect(world.calls).toEqual(["publish", "swap", "publish"]);
    expect(await world.predict()).toMatchObject({ version: "1" });
    expect(await world.pointer()).toMatchObject({ champion: { version: "1" } });
    expect(promotions()).toHaveLength(1);
  });

  test("in production only is swapped out again, and everybody hears of it", async () => {
    const code = await givenVersion1();
    const failure = await deployVersion2("wrong-in-production").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(VerificationError);
    expect(String(failure)).toMatch(/version 2 failed in production: for golden row 0 .*; version 1 serves again/);
    expect(world.calls).toEqual(["publish", "swap", "publish", "swap", "swap"]);
    expect(await world.predict()).toMatchObject({ version: "1", data: testManifest().golden.expected.flat() });
    expect(await world.pointer()).toMatchObject({ champion: { version: "1" } });
    expect(rollbacks()).toMatchObject([
      { data: { version: "1", code, from: { version: "2" }, cause: "verification-failed" } },
    ]);
    expect(promotions()).toHaveLength(1);
  });

  test("in production, with nothing before it to put back, is an error and no champion", async () => {
    await world.apply();
    await world.upload(await standInBundle("wrong-in-production"));
    await world.judge("1", null);
    await expect(world.deploy({ version: "1" })).rejects.toThrow(/there was no release before it to put back/);
    expect(await world.pointer()).toBeUndefined();
    expect(world.said).toEqual([]);
  });

  test("because it has no functions in it does not come up", async () => {
    await givenVersion1();
    const code = await world.upload(zipSync({ "host.json": Buffer.from('{"version":"2.0"}') }));
    await world.judge("2", "1");
    await expect(world.deploy({ version: "2", code }, "second")).rejects.toThrow(/StagingError|publish|staging/);
    expect(await world.predict()).toMatchObject({ version: "1" });
  });
});

describe("a deployment done by halves", () => {
  const end = new Error("the process ends here");
  /** Ends the process after the nth call of a kind. */
  const endAfter = (kind: string, count: number) => {
    world.afterCall = (call) => {
      if (call === kind && world.calls.filter((made) => made === kind).length === count) throw end;
    };
  };

  test.each([
    ["publishing", "publish", 2],
    ["swapping", "swap", 2],
  ])("after %s goes on where it was left", async (_, kind, count) => {
    await givenVersion1();
    endAfter(kind, count);
    await expect(deployVersion2("right")).rejects.toThrow(end);
    await deployVersion2("right");
    expect(world.calls).toEqual(["publish", "swap", "publish", "swap"]);
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, previous: { version: "1" } });
    expect(promotions()).toHaveLength(2);
  });

  test("after the pointer moved only says what it had to say", async () => {
    await givenVersion1();
    world.silent = true;
    await expect(deployVersion2("right")).rejects.toThrow("the process ends here");
    world.silent = false;
    await deployVersion2("right");
    await deployVersion2("right");
    expect(world.calls).toEqual(["publish", "swap", "publish", "swap"]);
    expect(promotions()).toHaveLength(2);
    expect(promotions()[1]).toMatchObject({ data: { version: "2", previous: { version: "1" } } });
  });
});

describe("a deployment that lacks something", () => {
  test("says what, and what to do", async () => {
    await expect(world.deploy({})).rejects.toThrow(NoInferenceCodeError);
    const code = await world.upload(await standInBundle("right"));
    await expect(world.deploy({})).rejects.toThrow(RefusedDeploymentError);
    await world.judge("1", null);
    await expect(world.deploy({})).rejects.toThrow(/no model named digits is applied/);
    await world.apply();
    await expect(world.deploy({ code: "f".repeat(64) })).rejects.toThrow(MissingFileError);
    await world.apply(digitsYaml.replace("inference-digits", "inference-weather"));
    await expect(world.deploy({ code })).rejects.toThrow(UnknownAppError);
    await expect(world.deploy({ code })).rejects.toThrow(/no slot staging of the function app inference-weather/);
    expect(world.said).toEqual([]);
  });

  test("refuses a model file that is not the one that was judged", async () => {
    await world.apply();
    await world.upload(await standInBundle("right"));
    await world.judge("1", null);
    await world.stores.container("runs").getBlockBlobClient("digits-1/model/model.onnx").upload("swapped", 7);
    await expect(world.deploy({})).rejects.toThrow(/digits-1\/model\/model\.onnx has the digest/);
  });

  test("is told when it may not publish", async () => {
    const token = { token: "not.a.token", expiresOnTimestamp: Date.now() + 60_000 };
    const stranger = world.gateway({ credential: { getToken: async () => token } });
    const address = await world.service.slot("inference-digits", "staging");
    await expect(stranger.publish(address, new Uint8Array(10))).rejects.toThrow(/Website Contributor/);
    await expect(world.service.publish(address, Buffer.from("no zip"))).rejects.toThrow(PublishError);
  });
});

describe("a rollback", () => {
  test("swaps the release before back while it waits in staging, and withdraws the champion", async () => {
    const code = await givenVersion1();
    await deployVersion2("right");
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
    await givenVersion1();
    await deployVersion2("right");
    const code = await world.upload(await standInBundle("never-ready"));
    await world.judge("3", "2");
    await world.deploy({ version: "3", code }, "third").catch(() => undefined);
    await world.rollBack("wrong sevens");
    expect(world.calls.slice(-3)).toEqual(["publish", "publish", "swap"]);
    expect(await world.predict()).toMatchObject({ version: "1" });
  });

  test("delivered again says the same again and does nothing", async () => {
    await givenVersion1();
    await deployVersion2("right");
    world.silent = true;
    await expect(world.rollBack("wrong sevens")).rejects.toThrow("the process ends here");
    world.silent = false;
    await world.rollBack("wrong sevens");
    expect(world.calls.filter((call) => call === "swap")).toHaveLength(3);
    expect(rollbacks()).toHaveLength(1);
  });

  test("is refused where there is nothing to put back", async () => {
    await expect(world.rollBack("wrong sevens")).rejects.toThrow(NothingToRollBackError);
    await givenVersion1();
    await expect(world.rollBack("wrong sevens")).rejects.toThrow(NothingToRollBackError);
  });

  test("is not undone by the verdict that led to the withdrawn release, but by force", async () => {
    await givenVersion1();
    await deployVersion2("right");
    await world.rollBack("wrong sevens");
    await expect(world.deploy({ version: "2" }, "later")).rejects.toThrow(/taken out of production by a rollback/);
    await world.deploy({ version: "2", cause: "forced", reason: "the sevens were right" }, "operator");
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, withdrawn: [] });
    expect(promotions().at(-1)).toMatchObject({ data: { cause: "forced", reason: "the sevens were right" } });
  });
});

describe("inference code that is released", () => {
  const released = (code: string, time: Date) =>
    parseEnvelope({
      specversion: "1.0",
      id: `released ${code} ${time.toISOString()}`,
      source: "/subscriptions/s",
      type: "Microsoft.Storage.BlobCreated",
      subject: `/blobServices/default/containers/releases/blobs/inference/${code}.zip`,
      time: time.toISOString(),
      data: { api: "PutBlob" },
    });
  const release = (code: string, time = new Date(), cause = "an upload") =>
    releaseCode(world.stores, released(code, time), world.delivery(cause));
  const asked = () => world.said.filter(({ type }) => type === "ratchet.deploy-model.v1");

  test("is deployed with every champion", async () => {
    await givenVersion1();
    const code = await world.upload(await standInBundle("right", "newer"));
    await release(code);
    expect(asked()).toMatchObject([{ data: { model: "digits", version: "1", cause: "code", code } }]);
    await world.deploy({ version: "1", cause: "code", code }, "code");
    expect(await world.pointer()).toMatchObject({ champion: { version: "1", code }, previous: { version: "1" } });
    expect(promotions().at(-1)).toMatchObject({ data: { cause: "code", version: "1", code } });
  });

  test("changes nothing where newer code is released already", async () => {
    await givenVersion1();
    const newer = await world.upload(await standInBundle("right", "newer"));
    const older = await world.upload(await standInBundle("right", "older"));
    await release(newer, new Date(2_000), "first");
    await release(older, new Date(1_000), "second");
    expect(asked()).toHaveLength(1);
  });

  test("is refused where its name is not its digest, or it is no bundle", async () => {
    await world.stores
      .container("releases")
      .getBlockBlobClient(paths.codeRelease("e".repeat(64)))
      .upload("other", 5);
    await expect(release("e".repeat(64))).rejects.toThrow(/has the digest/);
    await expect(release("readme")).rejects.toThrow(NotABundleError);
  });
});
