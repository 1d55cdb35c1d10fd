import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ReleaseManifest, releaseManifest } from "@ratchet/contracts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHandlers } from "./handlers.ts";
import { serve } from "./serving.ts";

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const onnx = await readFile(new URL("../fixtures/classifier.onnx", import.meta.url));
const manifest: ReleaseManifest = {
  model: "digits",
  version: "7",
  code: "a".repeat(64),
  onnx: sha(onnx),
  signature: {
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 4] }],
    outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 3] }],
    classes: ["a", "b", "c"],
  },
  golden: { input: "features", output: "scores", rows: [[1, 2, 3, 4]], expected: [[10, 19, 28]], tolerance: 1e-4 },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-model-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A server of the given package, which has just begun to load it. */
async function server(release: ReleaseManifest | string | undefined, model: Uint8Array = onnx, patience?: number) {
  if (release !== undefined)
    await writeFile(join(folder, "release.json"), typeof release === "string" ? release : JSON.stringify(release));
  await writeFile(join(folder, "model.onnx"), model);
  const { current, settled } = serve(pathToFileURL(`${folder}/`), patience);
  const handlers = createHandlers(current, { version: "0.1.0" });
  const call = async (
    handler: keyof typeof handlers,
    params: Record<string, string> = {},
    body: unknown = undefined,
    headers: Record<string, string> = {},
  ) => {
    const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
    const arrayBuffer = () => Promise.resolve(Uint8Array.from(bytes).buffer);
    const answer = await handlers[handler]({ params, headers: new Headers(headers), arrayBuffer });
    return { status: answer.status, headers: answer.headers, body: answer.body };
  };
  const json = async (...asked: Parameters<typeof call>) => {
    const { status, body } = await call(...asked);
    return { status, body: JSON.parse(String(body)) as unknown };
  };
  return { settled, call, json };
}

const request = { id: "r", inputs: [{ name: "features", datatype: "FP32", shape: [1, 4], data: [1, 0, 0, 0] }] };

describe("a served model", () => {
  test("predicts, and says which version it was and whose request", async () => {
    const { settled, json } = await server(manifest);
    await settled;
    expect(await json("infer", { model: "digits" }, request)).toEqual({
      status: 200,
      body: {
        model_name: "digits",
        model_version: "7",
        id: "r",
        outputs: [{ name: "scores", datatype: "FP32", shape: [1, 3], data: [1, 1, 1] }],
      },
    });
  });

  test("answers by its version's path too, and knows no other version or model", async () => {
    const { settled, json } = await server(manifest);
    await settled;
    expect(await json("infer", { model: "digits", version: "7" }, request)).toMatchObject({ status: 200 });
    expect(await json("infer", { model: "digits", version: "6" }, request)).toEqual({
      status: 404,
      body: { error: "digits has no version 6; this server has 7" },
    });
    expect(await json("modelReady", { model: "weather" })).toEqual({
      status: 404,
      body: { error: "there is no model weather; this server has digits" },
    });
  });

  test("tells what it is, and which extensions the server has", async () => {
    const { settled, json } = await server(manifest);
    await settled;
    expect(await json("modelMetadata", { model: "digits" })).toEqual({
      status: 200,
      body: {
        name: "digits",
        versions: ["7"],
        platform: "onnxruntime_onnx",
        inputs: manifest.signature.inputs,
        outputs: manifest.signature.outputs,
        parameters: { code: manifest.code, onnx: manifest.onnx },
      },
    });
    expect(await json("serverMetadata")).toMatchObject({ body: { extensions: ["binary_tensor_data"] } });
  });

  test("refuses a wrong request with the protocol's error", async () => {
    const { settled, json } = await server(manifest);
    await settled;
    expect(await json("infer", { model: "digits" }, { inputs: [] })).toEqual({
      status: 400,
      body: { error: "input features is missing" },
    });
  });

  test("takes and gives binary tensors", async () => {
    const { settled, call } = await server(manifest);
    await settled;
    const header = Buffer.from(
      JSON.stringify({
        parameters: { binary_data_output: true },
        inputs: [{ name: "features", datatype: "FP32", shape: [1, 4], parameters: { binary_data_size: 16 } }],
      }),
    );
    const body = Buffer.concat([header, Buffer.from(new Float32Array([0, 0, 0, 2]).buffer)]);
    const answer = await call("infer", { model: "digits" }, body, {
      "Inference-Header-Content-Length": String(header.byteLength),
    });
    const bytes = Buffer.from(answer.body as Uint8Array);
    const offset = Number(answer.headers["Inference-Header-Content-Length"]);
    expect([0, 4, 8].map((at) => bytes.readFloatLE(offset + at))).toEqual([2, 3, 4]);
  });
});

test("a package is served whether or not its manifest states a format, as those of earlier deployers do not", async () => {
  for (const release of [manifest, JSON.stringify(releaseManifest.toJson(manifest))]) {
    const { settled, json } = await server(release);
    await settled;
    expect(await json("modelReady", { model: "digits" })).toMatchObject({ status: 200, body: { version: "7" } });
  }
});

describe("readiness", () => {
  test("is waited for by requests that come while the model is being loaded", async () => {
    const { json } = await server(manifest);
    const answers = await Promise.all([
      json("ready"),
      json("modelReady", { model: "digits" }),
      json("modelMetadata", { model: "digits" }),
      json("infer", { model: "digits" }, request),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test("is not claimed before the model has predicted once, however long that takes", async () => {
    const { settled, json } = await server(manifest, onnx, 0);
    expect(await json("live")).toEqual({ status: 200, body: { live: true } });
    expect(await json("ready")).toEqual({
      status: 503,
      body: { ready: false, state: "loading", error: "the model is being loaded" },
    });
    expect(await json("infer", { model: "digits" }, request)).toMatchObject({ status: 503 });
    await settled;
    expect(await json("ready")).toEqual({ status: 200, body: { ready: true } });
  });

  test.each<[string, ReleaseManifest | string | undefined, Uint8Array, RegExp]>([
    ["without a model", undefined, onnx, /holds no model.*publish it through the deployer/],
    [
      "whose release.json is another thing",
      "{}",
      onnx,
      /model\/release\.json is not what the deployer writes: not a release manifest: model:.*; version:/,
    ],
    ["whose release.json is no JSON", "{", onnx, /not what the deployer writes: .*JSON/],
    [
      "from a later deployer, in a format that this code does not know",
      JSON.stringify({ ...manifest, format: 1_000 }),
      onnx,
      /not what the deployer writes: a release manifest of format 1000, .*update this service/,
    ],
    ["whose model was changed", manifest, Buffer.from("other"), /release.json says/],
    ["whose model is no ONNX", { ...manifest, onnx: sha(Buffer.from("x")) }, Buffer.from("x"), /./],
    [
      "that does not reproduce its golden predictions",
      { ...manifest, golden: { ...manifest.golden, expected: [[10, 19, 29]] } },
      onnx,
      /value 2 of scores is 28, not 29 within 0.0001/,
    ],
    [
      "whose golden predictions are of another input",
      { ...manifest, golden: { ...manifest.golden, input: "pixels" } },
      onnx,
      /for an input pixels; the model has none/,
    ],
  ])("is refused by a package %s: alive, not ready, and saying why", async (_, release, model, reason) => {
    const { settled, json } = await server(release, model);
    await settled;
    expect(await json("live")).toMatchObject({ status: 200 });
    expect(await json("ready")).toMatchObject({
      status: 503,
      body: { ready: false, state: "failed", error: expect.stringMatching(reason) as string },
    });
  });
});
