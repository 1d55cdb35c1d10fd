import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isTransient } from "@ratchet/messaging";
import { until } from "@ratchet/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ModelShape, ScoredApart, ScoringLimits } from "../models/model.ts";
import { UnusableModelError } from "../models/unusable-model.ts";
import { openInProcess, raceInProcess, ScoringProcessError } from "./open-in-process.ts";

const file = new URL("./main.ts", import.meta.url);
const shape: ModelShape = { task: "classification", features: 1, classes: ["below", "above"] };
const usual: ScoringLimits = { memory: 256 * 2 ** 20, time: 60_000 };
const isLinux = process.platform === "linux";

const evaluators = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../services/evaluator/fixtures/${name}.onnx`, import.meta.url));
const hostile = (name: string): Promise<Buffer> => readFile(new URL(`../../fixtures/${name}.onnx`, import.meta.url));

/** Opens a model; it is released when the test is over. */
async function open(onnx: Uint8Array, limits: Partial<ScoringLimits> = {}, from = file): Promise<ScoredApart> {
  const model = await openInProcess({ file: from })(onnx, shape, { ...usual, ...limits });
  onTestFinished(() => model.release());
  return model;
}

/** Why a promise is broken. */
const faultOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail("it came to an end"),
    (error: unknown) => error,
  );

describe("a model in a process of its own", () => {
  test("says what it would say in this one, row by row", async () => {
    const model = await open(await evaluators("good"));
    expect(model).toMatchObject({ input: "features", output: "scores", givesLabels: false });
    expect(model.signature.outputs).toEqual([{ name: "scores", datatype: "FP32", shape: [-1, 2] }]);
    expect([...(await model.run(Float32Array.of(-0.5, 0.25), 2))]).toEqual([10, -10, -5, 5]);
    const many = await model.run(new Float32Array(1_024).fill(1), 1_024);
    expect([many.length, many[2_047]]).toEqual([2_048, 20]);
  });

  test.each([
    ["diverged", /scores is NaN.*has diverged/],
    ["wide", /must take one float tensor \[N, 1\]/],
  ])("that is not as it should be is unusable: %s", async (name, why) => {
    const error = await faultOf(
      (async () => {
        const model = await open(await evaluators(name));
        return model.run(Float32Array.of(1), 1);
      })(),
    );
    expect(error).toBeInstanceOf(UnusableModelError);
    expect(String(error)).toMatch(why);
  });

  test.each([
    ["external", /its data in another file/],
    ["custom", /needs the operator com\.example\.Divine/],
  ])("is not opened where its digest does not cover it: %s", async (name, why) => {
    const onnx = await readFile(new URL(`../../../services/inference/fixtures/${name}.onnx`, import.meta.url));
    const error = await faultOf(open(onnx));
    expect(error).toBeInstanceOf(UnusableModelError);
    expect(String(error)).toMatch(why);
  });

  test("that never comes to an end is ended, and unusable; this process goes on meanwhile", async () => {
    const model = await open(await hostile("endless"), { time: 1_500 });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 10);
    const error = await faultOf(model.run(Float32Array.of(1), 1));
    clearInterval(timer);
    expect(error).toBeInstanceOf(UnusableModelError);
    expect(String(error)).toMatch(/longer than 1\.5 s to be scored: .*gate\.scoring\.time/);
    expect(turns).toBeGreaterThan(10);
    // Asked again, it is not there.
    expect(await faultOf(model.run(Float32Array.of(1), 1))).toBeInstanceOf(Error);
  });

  test("has its time for all that it is asked together", async () => {
    const model = await open(await evaluators("good"), { time: 1_000 });
    const error = await faultOf(
      (async () => {
        const rows = new Float32Array(200_000).fill(1);
        for (;;) await model.run(rows, rows.length);
      })(),
    );
    expect(String(error)).toMatch(/longer than 1 s/);
  });

  test.runIf(isLinux)("that takes more memory than it may is unusable", async () => {
    const onnx = await hostile("greedy");
    const model = await open(onnx);
    expect([...(await model.run(Float32Array.of(1), 1))]).toEqual([-1, 1]);
    // A thousand times as many: 4 GiB.
    const error = await faultOf(model.run(Float32Array.of(1_024), 1));
    expect(error).toBeInstanceOf(UnusableModelError);
    expect(String(error)).toMatch(/more than 256 MiB of memory.*gate\.scoring\.memory/);
    const roomier = await open(onnx, { memory: 2 ** 30 });
    expect([...(await roomier.run(Float32Array.of(128), 1))]).toEqual([-128, 128]);
  });

  test("sees nothing of what the service has, and leaves nothing behind", async () => {
    const environment = new URL("./fixtures/environment.ts", import.meta.url);
    process.env["IDENTITY_HEADER"] = "a secret";
    onTestFinished(() => void delete process.env["IDENTITY_HEADER"]);
    expect(String(await faultOf(open(Buffer.from(""), {}, environment)))).toBe("UnusableModelError: environment: {}");
  });
});

describe("a process that scores", () => {
  const openBy = (name: string, limits: Partial<ScoringLimits> = {}) =>
    faultOf(open(Buffer.from(""), limits, new URL(`./fixtures/${name}.ts`, import.meta.url)));

  test("that crashes is the model's fault", async () => {
    const error = await openBy("crashing");
    expect(error).toBeInstanceOf(UnusableModelError);
    expect(String(error)).toMatch(/ends the process that scores it \(SIGSEGV\)/);
  });

  test("that is ended by somebody else is not: trying again can help", async () => {
    const error = await openBy("ended");
    expect(error).toBeInstanceOf(ScoringProcessError);
    expect(isTransient(error)).toBe(true);
  });

  test("that does not begin is not the model's fault either", async () => {
    const error = await openBy("missing");
    expect(error).toBeInstanceOf(ScoringProcessError);
    expect(String(error)).toMatch(/did not begin/);
  });

  test.runIf(isLinux)("that computes on after its parent is gone is ended by the system", async () => {
    const parent = fork(new URL("./fixtures/asking-endless.ts", import.meta.url));
    await once(parent, "message");
    const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, "utf8");
    const [scorer] = children.trim().split(" ");
    const isThere = () => existsSync(`/proc/${scorer}`);
    expect(isThere()).toBe(true);
    parent.kill("SIGKILL");
    await once(parent, "close");
    await until("the scoring process is gone", () => !isThere(), 60_000);
  });
});

describe("what a model costs", () => {
  const race = raceInProcess({ file });
  const rows = { shape, features: Float32Array.of(1, 2, 3, 4), rows: 4 };

  test("is timed beside another, in blocks of as many rows; the one that does more takes longer", async () => {
    const [heavy, light] = [await hostile("greedy"), await evaluators("good")];
    const features = Float32Array.from({ length: 4 }, () => 2);
    const blocks = await race({ ...rows, features, models: [heavy, light] }, usual);
    expect(blocks.map((one) => one.length)).toEqual([21, 21]);
    // 2 is for 8 MiB of numbers to be summed with each row.
    const slower = blocks[0]?.filter((time, block) => time > (blocks[1]?.[block] ?? 0));
    // By the sign test, so many of 21 blocks are no chance.
    expect(slower?.length).toBeGreaterThanOrEqual(15);
    expect((await race({ ...rows, models: [light] }, usual)).map((one) => one.length)).toEqual([21]);
  });

  test("is not timed of what never comes to an end, or is no model", async () => {
    const endless = await faultOf(race({ ...rows, models: [await hostile("endless")] }, { ...usual, time: 1_500 }));
    expect(String(endless)).toMatch(/longer than 1\.5 s/);
    expect(await faultOf(race({ ...rows, models: [Buffer.from("no")] }, usual))).toBeInstanceOf(UnusableModelError);
  });

  test("is the memory that it took, and not the process's own", async () => {
    const [little, much] = await Promise.all(
      [1, 16].map(async (times) => {
        const model = await open(await hostile("greedy"));
        await model.run(Float32Array.of(times), 1);
        return model.memory();
      }),
    );
    // 16 is for 64 MiB, 1 for 4.
    expect((much ?? 0) - (little ?? 0)).toBeGreaterThan(40 * 2 ** 20);
    expect(little).toBeLessThan(200 * 2 ** 20);
  });
});
