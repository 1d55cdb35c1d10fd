import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isTransient } from "@ratchet/messaging";
import { until } from "@ratchet/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ModelShape, OnnxModel, ScoringLimits } from "../models/model.ts";
import { UnusableModelError } from "../models/unusable-model.ts";
import { openInProcess, ScoringProcessError } from "./open-in-process.ts";

const file = new URL("./main.ts", import.meta.url);
const shape: ModelShape = { task: "classification", features: 1, classes: ["below", "above"] };
const usual: ScoringLimits = { memory: 256 * 2 ** 20, time: 60_000 };
const isLinux = process.platform === "linux";

const evaluators = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../services/evaluator/fixtures/${name}.onnx`, import.meta.url));
const hostile = (name: string): Promise<Buffer> => readFile(new URL(`../../fixtures/${name}.onnx`, import.meta.url));

/** Opens a model; it is released when the test is over. */
async function open(onnx: Uint8Array, limits: Partial<ScoringLimits> = {}, from = file): Promise<OnnxModel> {
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
