import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleService } from "@ratchet/pipelines/bundle-service";
import type { Network } from "./servers/server.ts";

const run = promisify(execFile);

const service = fileURLToPath(new URL("../../services/inference/", import.meta.url));

/** So many numbers a row has. */
const width = 784;

/** Rows that are always the same, and each another. */
export const rowsOf = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: count }, (_, row) => Array.from({ length: width }, (_, column) => ((column + row) % 17) / 16));

/** The networks' files, and what each says of the first row. */
export async function makeModels(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ratchet-bench-models-"));
  await run("/usr/bin/python3", [join(import.meta.dirname, "peers", "make_models.py"), folder]);
  return folder;
}

/** An inference app that serves a network, as it is published, in a folder of its own. */
export async function makePackage(models: string, network: Network): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ratchet-bench-inference-"));
  await bundleService(service, join(folder, "dist", "functions.cjs"));
  await cp(join(service, "page"), join(folder, "page"), { recursive: true });
  await cp(join(service, "host.json"), join(folder, "host.json"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ main: "dist/functions.cjs" }));
  await cp(join(service, "node_modules"), join(folder, "node_modules"), { recursive: true, verbatimSymlinks: false });
  const onnx = await readFile(join(models, `${network}.onnx`));
  const said = await readFile(join(models, `${network}.expected`), "utf8");
  await mkdir(join(folder, "model"));
  await writeFile(join(folder, "model", "model.onnx"), onnx);
  const manifest = {
    model: "digits",
    version: "1",
    code: "0".repeat(64),
    onnx: createHash("sha256").update(onnx).digest("hex"),
    signature: {
      inputs: [{ name: "features", datatype: "FP32", shape: [-1, width] }],
      outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 10] }],
    },
    golden: {
      input: "features",
      output: "scores",
      rows: rowsOf(1),
      expected: [said.split(" ").map(Number)],
      tolerance: 1e-4,
    },
  };
  await writeFile(join(folder, "model", "release.json"), JSON.stringify(manifest));
  return folder;
}
