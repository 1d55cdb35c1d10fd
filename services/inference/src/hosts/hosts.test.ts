import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { startFunctionApp } from "@local-azure/functions-host";
import { bundleService } from "@ratchet/pipelines/bundle-service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classifier, classifierManifest, manyRows, oneRow } from "../testing/packages.ts";
import { servePackage } from "../testing/serve-package.ts";

const service = fileURLToPath(new URL("../../", import.meta.url));

/** The app as it is published, but for ONNX Runtime, which lies where it is. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-inference-"));
  await bundleService(service, join(folder, "dist", "functions.cjs"));
  await cp(join(service, "page"), join(folder, "page"), { recursive: true });
  await cp(join(service, "host.json"), join(folder, "host.json"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ main: "dist/functions.cjs" }));
  await symlink(join(service, "node_modules"), join(folder, "node_modules"));
  await cp(join(service, "fixtures", "classifier.onnx"), join(folder, "model", "model.onnx"));
  await writeFile(join(folder, "model", "release.json"), JSON.stringify(classifierManifest));
});
afterAll(() => rm(folder, { recursive: true }));

const infer = "v2/models/digits/infer";
const json = { "Content-Type": "application/json" };
const post = (body: unknown, headers: Readonly<Record<string, string>> = json) => ({ method: "POST", headers, body });
const binaryHeader = JSON.stringify({
  parameters: { binary_data_output: true },
  inputs: [{ name: "features", datatype: "FP32", shape: [1, 4], parameters: { binary_data_size: 16 } }],
});

/** One of each kind. */
const questions: readonly (readonly [string, ReturnType<typeof post> | { readonly method: string }])[] = [
  ["", { method: "GET" }],
  ["page/page.js", { method: "GET" }],
  ["page/model.json", { method: "GET" }],
  ["page/other.js", { method: "GET" }],
  ["openapi.json", { method: "GET" }],
  ["v2", { method: "GET" }],
  ["v2/health/ready", { method: "GET" }],
  ["v2/models/digits", { method: "HEAD" }],
  ["v2/models/digits/versions/7", { method: "GET" }],
  ["v2/models/weather", { method: "GET" }],
  ["v2/nothing", { method: "GET" }],
  [infer, { method: "GET" }],
  [infer, post(JSON.stringify(oneRow))],
  [infer, post("{")],
  [infer, post("", { "Content-Type": "text/csv" })],
  [infer, post(gzipSync(JSON.stringify(oneRow)), { ...json, "Content-Encoding": "gzip" })],
  [
    infer,
    post(Buffer.concat([Buffer.from(binaryHeader), Buffer.from(new Float32Array([1, 2, 3, 4]).buffer)]), {
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(binaryHeader.length),
    }),
  ],
  // Large enough for a thread beside the event loop.
  [infer, post(JSON.stringify(manyRows(20_000)))],
];

const told = [
  "content-security-policy",
  "allow",
  "content-type",
  "inference-header-content-length",
  "ratchet-model",
  "ratchet-model-version",
  "ratchet-release",
];

/** What each question is answered with, asked of an app whose model is loaded: before that, answers name no release. */
async function answers(url: string) {
  await expect.poll(async () => (await fetch(`${url}/v2/health/ready`)).ok, { timeout: 20_000 }).toBe(true);
  const all: unknown[] = [];
  for (const [path, init] of questions) {
    const response = await fetch(`${url}/${path}`, init as RequestInit);
    const body = Buffer.from(await response.arrayBuffer()).toString("latin1");
    all.push([path, response.status, told.map((name) => response.headers.get(name)), body]);
  }
  return all;
}

test("the Functions library, the lean way past it and a server of its own answer alike", async () => {
  await using own = await servePackage({ onnx: classifier });
  const expected = await answers(own.url);
  for (const way of ["standard", "lean"]) {
    const settings = { RATCHET_INFERENCE_HTTP: way };
    await using app = await startFunctionApp({ name: "inference", directory: folder, settings });
    expect(await answers(app.endpoint)).toEqual(expected);
  }
});
