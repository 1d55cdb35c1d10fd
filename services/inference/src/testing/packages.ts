import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ReleaseManifest } from "@ratchet/contracts";

export const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../fixtures/${name}.onnx`, import.meta.url));

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The small classifier: score k of a row is (k + 1) times its sum, less k. */
export const classifier = await fixture("classifier");

export const classifierManifest: ReleaseManifest = {
  model: "digits",
  version: "7",
  code: "a".repeat(64),
  onnx: sha256(classifier),
  signature: {
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 4] }],
    outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 3] }],
    classes: ["a", "b", "c"],
  },
  golden: { input: "features", output: "scores", rows: [[1, 2, 3, 4]], expected: [[10, 19, 28]], tolerance: 1e-4 },
};

/** A package of another model, with golden predictions of its own. */
export async function packageOf(
  name: string,
  golden: Omit<ReleaseManifest["golden"], "tolerance">,
): Promise<{ readonly onnx: Uint8Array; readonly manifest: ReleaseManifest }> {
  const onnx = await fixture(name);
  const { inputs, outputs } = classifierManifest.signature;
  const manifest = { ...classifierManifest, model: name, onnx: sha256(onnx), signature: { inputs, outputs } };
  return { onnx, manifest: { ...manifest, golden: { ...golden, tolerance: 1e-4 } } };
}

/** One row, as a client asks for it. */
export const oneRow = {
  id: "r",
  inputs: [{ name: "features", datatype: "FP32", shape: [1, 4], data: [1, 0, 0, 0] }],
};

/** Many rows, each of them `[i, 0, 0, 0]`. */
export const manyRows = (rows: number) => ({
  inputs: [
    {
      name: "features",
      datatype: "FP32",
      shape: [rows, 4],
      data: Array.from({ length: rows }, (_, index) => [index, 0, 0, 0]),
    },
  ],
});
