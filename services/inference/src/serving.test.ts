import { type ReleaseManifest, releaseManifest } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { createApp } from "./app.ts";
import { everything } from "./testing/everything.ts";
import { classifier, fixture, classifierManifest as manifest, oneRow, packageOf, sha256 } from "./testing/packages.ts";
import { servePackage, writePackage } from "./testing/serve-package.ts";

const external = await fixture("external");
const custom = await fixture("custom");
const release = `${"a".repeat(16)}-${manifest.onnx.slice(0, 16)}`;

describe("a served model", () => {
  test("predicts, and says which release it was and whose request", async () => {
    await using served = await servePackage();
    const { status, headers, body } = await served.infer(oneRow);
    expect(status).toBe(200);
    expect(body).toEqual({
      model_name: "digits",
      model_version: "7",
      id: "r",
      parameters: { release },
      outputs: [{ name: "scores", datatype: "FP32", shape: [1, 3], data: [1, 1, 1] }],
    });
    const named = ["ratchet-model", "ratchet-model-version", "ratchet-release"].map((name) => headers.get(name));
    expect(named).toEqual(["digits", "7", release]);
  });

  test("answers by its version's path too, and knows no other version or model", async () => {
    await using served = await servePackage();
    const infer = (path: string) =>
      served.ask(`v2/models/${path}/infer`, { method: "POST", body: JSON.stringify(oneRow), headers: json });
    expect(await infer("digits/versions/7")).toMatchObject({ status: 200 });
    expect(await infer("digits/versions/6")).toMatchObject({
      status: 404,
      body: { error: "digits has no version 6; this server has 7" },
    });
    expect(await served.ask("v2/models/weather/ready")).toMatchObject({
      status: 404,
      body: { error: "there is no model weather; this server has digits" },
    });
  });

  test("tells what it is, and which extensions the server has", async () => {
    await using served = await servePackage();
    expect(await served.ask("v2/models/digits")).toMatchObject({
      status: 200,
      body: {
        name: "digits",
        versions: ["7"],
        platform: "onnx_onnxv1",
        inputs: manifest.signature.inputs,
        outputs: manifest.signature.outputs,
        parameters: { code: manifest.code, onnx: manifest.onnx, release },
      },
    });
    expect(await served.ask("v2")).toMatchObject({ body: { extensions: ["binary_tensor_data"] } });
  });

  test("takes and gives binary tensors", async () => {
    await using served = await servePackage();
    const header = Buffer.from(
      JSON.stringify({
        parameters: { binary_data_output: true },
        inputs: [{ name: "features", datatype: "FP32", shape: [1, 4], parameters: { binary_data_size: 16 } }],
      }),
    );
    const body = Buffer.concat([header, Buffer.from(new Float32Array([0, 0, 0, 2]).buffer)]);
    const answer = await served.infer(body, {
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(header.byteLength),
    });
    const offset = Number(answer.headers.get("Inference-Header-Content-Length"));
    expect([0, 4, 8].map((at) => answer.bytes.readFloatLE(offset + at))).toEqual([2, 3, 4]);
  });

  test("takes and gives half floats, which ONNX Runtime does not take from Node as they are", async () => {
    const golden = { input: "features", output: "scores", rows: [[1, 2]], expected: [[2, 4]] };
    await using served = await servePackage(await packageOf("half", golden));
    const inputs = [{ name: "features", datatype: "FP16", shape: [2, 2], data: [0.5, 1, null, 100] }];
    expect(await served.infer({ inputs })).toMatchObject({
      status: 200,
      body: { outputs: [{ datatype: "FP16", shape: [2, 2], data: [1, 2, null, 200] }] },
    });
  });

  test("takes and gives every datatype that ONNX has, several inputs and outputs at once, in JSON and in binary", async () => {
    await using served = await servePackage(await everything());
    const { body: metadata } = await served.ask("v2/models/everything");
    const { inputs } = metadata as { readonly inputs: readonly { readonly name: string; readonly datatype: string }[] };
    const dataOf = (datatype: string) =>
      datatype === "BOOL" ? [true, false] : datatype === "BYTES" ? ["Grüße", ""] : [1, 100];
    const request = inputs.map(({ name, datatype }) => ({ name, datatype, shape: [1, 2], data: dataOf(datatype) }));
    const same = request.map((input) => ({ ...input, name: `same_${input.name}` }));
    expect(same).toHaveLength(13);
    expect(await served.infer({ inputs: request })).toMatchObject({ status: 200, body: { outputs: same } });

    const binary = await served.infer({ inputs: request, parameters: { binary_data_output: true } });
    const length = Number(binary.headers.get("Inference-Header-Content-Length"));
    const { outputs } = JSON.parse(binary.bytes.subarray(0, length).toString()) as { outputs: { name: string }[] };
    const back = outputs.map((output) => ({ ...output, name: output.name.replace("same_", "") }));
    const header = Buffer.from(JSON.stringify({ inputs: back }));
    const answer = await served.infer(Buffer.concat([header, binary.bytes.subarray(length)]), {
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(header.byteLength),
    });
    expect(answer).toMatchObject({ status: 200, body: { outputs: same } });
  });
});

const json = { "Content-Type": "application/json" };

test("a package is served whether or not its manifest states a format, as those of earlier deployers do not", async () => {
  for (const written of [manifest, JSON.stringify(releaseManifest.toJson(manifest))]) {
    await using served = await servePackage({ manifest: written });
    expect(await served.ask("v2/models/digits/ready")).toMatchObject({ status: 200, body: { version: "7" } });
  }
});

describe("readiness", () => {
  test("is waited for by requests that come while the model is being loaded", async () => {
    await using served = await servePackage();
    const answers = await Promise.all([
      served.ask("v2/health/ready"),
      served.ask("v2/models/digits/ready"),
      served.ask("v2/models/digits"),
      served.infer(oneRow),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test("is not claimed before the model has predicted once, however long that takes", async () => {
    await using written = await writePackage({});
    const app = createApp({ ...written.app, heldFor: 0 });
    const ask = async (name: string) => {
      const header = () => undefined;
      const body = () => Promise.resolve(new Uint8Array(0));
      const route = app.routes.find((one) => one.name === name);
      const answer = await route?.answer({ method: "GET", params: { model: "digits" }, header, body });
      return { status: answer?.status, body: JSON.parse(String(answer?.body)) as unknown };
    };
    expect(await ask("server-live")).toEqual({ status: 200, body: { live: true } });
    expect(await ask("server-ready")).toEqual({
      status: 503,
      body: { ready: false, state: "loading", error: "the model is being loaded" },
    });
    expect(await ask("model-ready")).toMatchObject({ status: 503 });
    await app.settled;
    expect(await ask("server-ready")).toEqual({ status: 200, body: { ready: true } });
  });

  test.each<[string, ReleaseManifest | string | undefined, Uint8Array, RegExp]>([
    ["without a model", undefined, classifier, /holds no model.*publish it through the deployer/],
    [
      "whose release.json is another thing",
      "{}",
      classifier,
      /model\/release\.json is not what the deployer writes: not a release manifest: model:.*; version:/,
    ],
    ["whose release.json is no JSON", "{", classifier, /not what the deployer writes: .*JSON/],
    [
      "from a later deployer, in a format that this code does not know",
      JSON.stringify({ ...manifest, format: 1_000 }),
      classifier,
      /not what the deployer writes: a release manifest of format 1000, .*update this service/,
    ],
    ["whose model was changed", manifest, Buffer.from("other"), /release.json says/],
    [
      "whose model is no ONNX",
      { ...manifest, onnx: sha256(Buffer.from("x")) },
      Buffer.from("x"),
      /model\.onnx: it is no ONNX model/,
    ],
    [
      "whose model has its weights in another file",
      { ...manifest, onnx: sha256(external) },
      external,
      /model\.onnx: the tensor weights has its data in another file.*external_data=False/,
    ],
    [
      "whose model needs an operator that somebody made",
      { ...manifest, onnx: sha256(custom) },
      custom,
      /needs the operator com\.example\.Divine/,
    ],
    [
      "that does not reproduce its golden predictions",
      { ...manifest, golden: { ...manifest.golden, expected: [[10, 19, 29]] } },
      classifier,
      /value 2 of scores is 28, not 29 within 0.0001/,
    ],
    [
      "whose golden predictions are of another input",
      { ...manifest, golden: { ...manifest.golden, input: "pixels" } },
      classifier,
      /for an input pixels; the model has none/,
    ],
  ])("is refused by a package %s: alive, not ready, and saying why", async (_, written, onnx, reason) => {
    await using served = await servePackage({ manifest: written, onnx });
    await served.settled;
    expect(await served.ask("v2/health/live")).toMatchObject({ status: 200 });
    expect(await served.ask("v2/health/ready")).toMatchObject({
      status: 503,
      body: { ready: false, state: "failed", error: expect.stringMatching(reason) as string },
    });
    expect(await served.infer(oneRow)).toMatchObject({ status: 503, body: { error: expect.stringMatching(reason) } });
  });
});
