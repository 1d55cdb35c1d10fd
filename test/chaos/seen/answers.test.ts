import { readFileSync } from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { baseModel } from "../load/projects.ts";
import { scoresOf, thresholdModel } from "./answers.ts";

/** A model as `train.py` makes it. */
function trained(threshold: number): Buffer {
  const onnx = readFileSync(baseModel);
  const mark = Buffer.alloc(4);
  mark.writeFloatLE(0.8);
  onnx.writeFloatLE(threshold, onnx.indexOf(mark));
  return onnx;
}

test("what a model answers is known from its threshold alone, as ONNX Runtime has it", async () => {
  const onnx = trained(0.37);
  const model = thresholdModel(onnx) ?? expect.fail("it is a model of the load");
  const session = await InferenceSession.create(onnx);
  const features = [-1, -0.2, 0.369, 0.371, 0.99];
  const { scores } = await session.run({ features: new Tensor("float32", features, [features.length, 1]) });
  const expected = features.flatMap((x) => scoresOf(model, x));
  for (const [index, score] of [...((scores ?? expect.fail("it has scores")).data as Float32Array)].entries())
    expect(score).toBeCloseTo(expected[index] ?? Number.NaN, 4);
});

test("any other model is none of the load", () => {
  const onnx = trained(0.37);
  onnx.writeUInt8(onnx.readUInt8(10) ^ 1, 10);
  expect(thresholdModel(onnx)).toBeUndefined();
  expect(thresholdModel(Buffer.from("onnx"))).toBeUndefined();
});
