import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unavailable } from "../protocol/errors.ts";
import type { Tensors } from "../protocol/tensors.ts";
import { createBatcher } from "./batcher.ts";
import { type LoadedModel, openSession } from "./session.ts";

const fixture = async (name: string) =>
  openSession(await readFile(new URL(`../../fixtures/${name}.onnx`, import.meta.url)));

let classifier: LoadedModel;
let lookup: LoadedModel;
let fixed: LoadedModel;
beforeAll(async () => {
  [classifier, lookup, fixed] = await Promise.all([fixture("classifier"), fixture("lookup"), fixture("fixed")]);
});
afterAll(async () => {
  await Promise.all([classifier.release(), lookup.release(), fixed.release()]);
});

const rows = (values: readonly number[]): Tensors => ({
  features: {
    datatype: "FP32",
    shape: [values.length, 4],
    values: Float32Array.from(values.flatMap((v) => [v, 0, 0, 0])),
  },
});
const codes = (...values: readonly number[]): Tensors => ({
  codes: { datatype: "INT64", shape: [values.length, 1], values: BigInt64Array.from(values, BigInt) },
});

/** A model that notes how many rows each run had. */
const watched = (model: LoadedModel) => {
  const runs: number[] = [];
  const run = (inputs: Tensors) => {
    runs.push(Object.values(inputs)[0]?.shape[0] ?? 0);
    return model.run(inputs);
  };
  return { runs, model: { ...model, run } };
};

describe("the batcher", () => {
  test("runs what arrives in one turn of the event loop as one batch", async () => {
    const { runs, model } = watched(classifier);
    const infer = createBatcher(model);
    const answers = await Promise.all([infer(rows([1])), infer(rows([2, 3])), infer(rows([4]))]);
    expect(runs).toEqual([4]);
    expect(answers.map(({ scores }) => [...(scores?.values ?? [])])).toEqual([
      [1, 1, 1],
      [2, 3, 4, 3, 5, 7],
      [4, 7, 10],
    ]);
  });

  test("never runs more than its limit at once, and gives a large request back whole", async () => {
    const { runs, model } = watched(classifier);
    const infer = createBatcher(model, { maxRows: 8 });
    const [large, small] = await Promise.all([infer(rows(Array.from({ length: 20 }, (_, i) => i))), infer(rows([7]))]);
    expect(Math.max(...runs)).toBe(8);
    expect(large["scores"]?.shape).toEqual([20, 3]);
    expect([...(large["scores"]?.values ?? [])].slice(57)).toEqual([19, 37, 55]);
    expect([...(small["scores"]?.values ?? [])]).toEqual([7, 13, 19]);
  });

  test("lets a request fail by itself and answers the others of its batch", async () => {
    const infer = createBatcher(lookup);
    const [first, bad, last] = await Promise.allSettled([infer(codes(1)), infer(codes(9)), infer(codes(3, 0))]);
    expect(first).toMatchObject({ status: "fulfilled", value: { prediction: { shape: [1, 2] } } });
    expect(bad).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining("idx=9") as string } });
    expect(last).toMatchObject({
      status: "fulfilled",
      value: { prediction: { values: new Float32Array([6, 7, 0, 1]) } },
    });
  });

  test("answers requests that come while another batch runs, after one of them has failed", async () => {
    const infer = createBatcher(lookup);
    await expect(infer(codes(9))).rejects.toThrow("idx=9");
    await expect(infer(codes(2))).resolves.toMatchObject({ prediction: { shape: [1, 2] } });
  });

  test("leaves a model of fixed size its rows together", async () => {
    const { runs, model } = watched(fixed);
    const features = { datatype: "FP32", shape: [2, 3], values: new Float32Array(6) } as const;
    await Promise.all([createBatcher(model)({ features }), createBatcher(model)({ features })]);
    expect(runs).toEqual([2, 2]);
  });

  test("lets those that come meanwhile go before the rest of a large request", async () => {
    const infer = createBatcher(classifier, { maxRows: 4 });
    const order: string[] = [];
    const large = infer(rows(Array.from({ length: 40 }, (_, i) => i))).then(() => order.push("large"));
    const small = Promise.all([1, 2, 3].map(async (v) => infer(rows([v])).then(() => order.push("small"))));
    await Promise.all([large, small]);
    expect(order).toEqual(["small", "small", "small", "large"]);
  });

  test("drops what need not be worked on any more, in the middle of it too", async () => {
    const { runs, model } = watched(classifier);
    const infer = createBatcher(model, { maxRows: 4 });
    const gone = unavailable("the client is gone");
    const stop = () => (runs.length >= 2 ? gone : undefined);
    await expect(infer(rows(Array.from({ length: 400 }, (_, i) => i)), stop)).rejects.toBe(gone);
    expect(runs).toEqual([4, 4]);
  });

  test("refuses whoever would have to wait behind too many", async () => {
    const infer = createBatcher(classifier, { waiting: 2 });
    const outcomes = await Promise.allSettled([infer(rows([1])), infer(rows([2])), infer(rows([3]))]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(outcomes[2]).toMatchObject({ reason: { status: 429, headers: { "Retry-After": "1" } } });
  });

  test("gives every request exactly what it would have got alone, in whatever company and parts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 12 }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 9 }),
        async (requests, limit) => {
          const infer = createBatcher(classifier, { maxRows: limit });
          const together = await Promise.all(requests.map((values) => infer(rows(values))));
          const alone = await Promise.all(requests.map((values) => classifier.run(rows(values))));
          expect(together.map(({ scores }) => scores?.values)).toEqual(alone.map(({ scores }) => scores?.values));
        },
      ),
      { numRuns: 50 },
    );
  });
});
