import { currentCode, evaluateModel, modelPromoted, modelRolledBack, paths, verdict } from "@ratchet/contracts";
import { UngrantedError } from "@ratchet/messaging";
import { zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NoInferenceCodeError } from "../code/inference-code.ts";
import { StagingError, VerificationError } from "../deployment/failures.ts";
import { UnknownAppError } from "../gateways/app-service.ts";
import { MissingFileError } from "../stores.ts";
import { testManifest, testVerdict } from "../testing/releases.ts";
import { type Behaviour, standInBundle } from "../testing/stand-in-bundle.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";
import { RefusedDeploymentError } from "./plan.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const promotions = () => world.recorder.heard(modelPromoted);
const rollbacks = () => world.recorder.heard(modelRolledBack);

describe("a deployment", { timeout: 120_000 }, () => {
  test("publishes to staging, swaps, moves the pointer, keeps the package and says so", async () => {
    const code = await world.givenVersion1();
    expect(await world.predict()).toMatchObject({ status: 200, version: "1" });
    const pointer = await world.pointer();
    expect(pointer).toMatchObject({
      champion: { version: "1", code, trainedOn: ["3f1c9a0b5d7e2468"], verdict: "digits/1.json" },
      previous: null,
      endpoint: await world.site(),
    });
    const sha256 = pointer?.champion.package ?? "";
    expect(await world.pathsOf("packages")).toEqual([`${sha256}.zip`, `by-model/digits/${sha256}`].sort());
    expect(promotions()).toMatchObject([{ data: { version: "1", code, cause: "verdict", previous: null } }]);
    expect(world.calls).toEqual(["publish", "swap"]);
    const about = { level: "info", app: "inference-digits", version: "1", code };
    expect(world.logged).toEqual([
      { ...about, message: "published to staging" },
      { ...about, message: "swapped into production" },
    ]);
  });

  test("of a better model takes the former one's place and names it", async () => {
    await world.givenVersion1();
    await world.deployVersion2("right");
    expect(await world.predict()).toMatchObject({ version: "2" });
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, previous: { version: "1" } });
    expect(promotions()[1]).toMatchObject({ data: { version: "2", previous: { version: "1" } } });
  });

  test("uses the newest inference code where the command names none", async () => {
    await world.apply(digitsYaml);
    await world.upload(await standInBundle("never-ready"));
    // Blob storage tells times in whole seconds: the pointer that code-released moves is what orders them.
    const code = await world.upload(await standInBundle("right"));
    const current = { code, releasedAt: new Date().toISOString() };
    await world.documents("champions").write(paths.currentCode, currentCode, current, "any");
    await world.judge("1", null);
    await world.deploy({ version: "1" });
    expect(await world.pointer()).toMatchObject({ champion: { code } });
  });

  test("by a verdict against another champion touches nothing, and asks for a judgement against the present one", async () => {
    await world.givenVersion1();
    await world.judge("2", null);
    await world.deploy({ version: "2" }, "second");
    expect(world.calls).toEqual(["publish", "swap"]);
    expect(await world.predict()).toMatchObject({ version: "1" });
    expect(world.recorder.heard(evaluateModel)).toMatchObject([
      { data: { model: "digits", version: "2", onnx: { container: "runs" } } },
    ]);
  });

  test("of the same release by somebody else does nothing and says nothing", async () => {
    await world.givenVersion1();
    await world.deploy({ version: "1" }, "another");
    expect(world.calls).toEqual(["publish", "swap"]);
    expect(promotions()).toHaveLength(1);
  });
});

describe("a release that is not fit", { timeout: 120_000 }, () => {
  test.each<[Behaviour, RegExp, string[]]>([
    ["never-ready", /version 2 does not come up in staging: its model is broken/, ["restart"]],
    [
      "wrong-predictions",
      /version 2 fails its smoke test: for golden row 0 it predicts scores 11, not 10 within 0\.001/,
      [],
    ],
  ])("(%s) stays in staging, and production goes on", async (behaviour, reason, calls) => {
    await world.givenVersion1();
    const failure = await world.deployVersion2(behaviour).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StagingError);
    expect(String(failure)).toMatch(reason);
    expect(world.calls).toEqual(["publish", "swap", "publish", ...calls]);
    expect(await world.predict()).toMatchObject({ version: "1" });
    expect(await world.pointer()).toMatchObject({ champion: { version: "1" } });
    expect(promotions()).toHaveLength(1);
  });

  test("in production only is swapped out again, and everybody hears of it", async () => {
    const code = await world.givenVersion1();
    const failure = await world.deployVersion2("wrong-in-production").catch((error: unknown) => error);
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
    await world.apply(digitsYaml);
    await world.upload(await standInBundle("wrong-in-production"));
    await world.judge("1", null);
    await expect(world.deploy({ version: "1" })).rejects.toThrow(/there was no release before it to put back/);
    expect(await world.pointer()).toBeUndefined();
    expect(promotions()).toEqual([]);
    expect(rollbacks()).toEqual([]);
  });

  test("because it has no functions in it does not come up", async () => {
    await world.givenVersion1();
    const code = await world.upload(zipSync({ "host.json": Buffer.from('{"version":"2.0"}') }));
    await world.judge("2", "1");
    await world.deliver(world.deployMessage({ version: "2", code }, "second"));
    await world.settle({ upTo: "staged" });
    world.skip(300_000);
    await expect(world.settle()).rejects.toThrow("version 2 does not come up in staging: it was not ready after 300 s");
    expect(await world.predict()).toMatchObject({ version: "1" });
  });
});

describe("a deployment that lacks something", { timeout: 120_000 }, () => {
  test("says what, and what to do", async () => {
    await expect(world.deploy({})).rejects.toThrow(/no model named digits is applied/);
    await world.apply(digitsYaml);
    await expect(world.deploy({})).rejects.toThrow(NoInferenceCodeError);
    const code = await world.upload(await standInBundle("right"));
    await expect(world.deploy({})).rejects.toThrow(RefusedDeploymentError);
    await world.judge("1", null);
    await expect(world.deploy({ code: "f".repeat(64) })).rejects.toThrow(MissingFileError);
    await world.apply(digitsYaml.replace("inference-digits", "inference-weather"));
    await expect(world.deploy({ code })).rejects.toThrow(UnknownAppError);
    await expect(world.deploy({ code })).rejects.toThrow(/no function app inference-weather/);
    expect(world.recorder.said).toEqual([]);
    expect(await world.pathsOf("champions")).toEqual([]);
  });

  test("refuses a model file that is not the one that was judged", async () => {
    await world.apply(digitsYaml);
    await world.upload(await standInBundle("right"));
    await world.judge("1", null);
    await world.put("runs", "digits-1/model/model.onnx", "swapped");
    await expect(world.deploy({})).rejects.toThrow(/digits-1\/model\/model\.onnx has the digest/);
  });

  test("refuses a model in a container that it may not open, before anything is published", async () => {
    await world.apply(digitsYaml);
    await world.upload(await standInBundle("right"));
    const elsewhere = { ...testVerdict().onnx, container: "batches" };
    const judged = testVerdict({ version: "1", champion: null, onnx: elsewhere });
    await world.documents("verdicts").write(paths.verdict("digits", "1"), verdict, judged, "any");
    const failure = await world.deploy({}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UngrantedError);
    expect(String(failure)).toContain("deployer may not open the container batches");
    expect(world.calls).toEqual([]);
  });

  test("that only an operator may ask for is refused where services ask, whatever it says", async () => {
    const code = await world.givenVersion1();
    await world.judge("2", "1");
    const forced = world.deploy({ version: "2", cause: "forced", reason: "an operator says so", code }, "evaluator");
    await expect(forced).rejects.toThrow(RefusedDeploymentError);
    expect(world.calls).toEqual(["publish", "swap"]);
    expect(await world.pointer()).toMatchObject({ champion: { version: "1" } });
  });
});
