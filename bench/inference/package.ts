import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleService } from "@ratchet/pipelines/bundle-service";

const service = fileURLToPath(new URL("../../services/inference/", import.meta.url));

/** One row for the small model, as a client sends it. */
export const request = JSON.stringify({
  inputs: [{ name: "features", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] }],
});

/** An inference app with a model in it, in a folder of its own. */
export async function makePackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ratchet-bench-inference-"));
  await bundleService(service, join(folder, "dist", "functions.cjs"));
  await cp(join(service, "page"), join(folder, "page"), { recursive: true });
  await cp(join(service, "host.json"), join(folder, "host.json"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ main: "dist/functions.cjs" }));
  await cp(join(service, "node_modules"), join(folder, "node_modules"), { recursive: true, verbatimSymlinks: false });
  const onnx = await readFile(join(service, "fixtures", "classifier.onnx"));
  await mkdir(join(folder, "model"));
  await writeFile(join(folder, "model", "model.onnx"), onnx);
  const manifest = {
    model: "digits",
    version: "1",
    code: "0".repeat(64),
    onnx: createHash("sha256").update(onnx).digest("hex"),
    signature: {
      inputs: [{ name: "features", datatype: "FP32", shape: [-1, 4] }],
      outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 3] }],
    },
    golden: { input: "features", output: "scores", rows: [[1, 2, 3, 4]], expected: [[10, 19, 28]], tolerance: 1e-4 },
  };
  await writeFile(join(folder, "model", "release.json"), JSON.stringify(manifest));
  return folder;
}
