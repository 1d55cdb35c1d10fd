// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are written as Azure ML has them
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOrInstallPython } from "./python/find-or-install.ts";
import { startWorkspace, type WorkspaceUnderTest } from "./testing/workspace-under-test.ts";

// A real PyTorch job on real digits: what the examples hold, run as a service would run it.
const ROOT = join(import.meta.dirname, "../../..");
const PIXELS = 784;
const SCHEMA = [
  { name: "label", type: "integer", min: 0, max: 9 },
  { name: "pixel[0..783]", type: "integer", min: 0, max: 255 },
];

interface Digit {
  readonly label: number;
  readonly pixels: readonly number[];
}

/** MNIST digits, the ten kinds in turn, as grey values from 0 to 255. */
async function readDigits(from: number, count: number): Promise<readonly Digit[]> {
  const folder = join(createRequire(import.meta.url).resolve("mnist/package.json"), "../src/digits");
  const kinds = await Promise.all(
    Array.from({ length: 10 }, async (_, label) => {
      const { data } = JSON.parse(await readFile(join(folder, `${label}.json`), "utf8")) as { data: number[] };
      return Array.from({ length: count / 10 }, (__, index) => {
        const at = (from / 10 + index) * PIXELS;
        return { label, pixels: data.slice(at, at + PIXELS).map((grey) => Math.round(grey * 255)) };
      });
    }),
  );
  return kinds.flat();
}

function csvOf(digits: readonly Digit[]): string {
  const header = ["label", ...Array.from({ length: PIXELS }, (_, index) => `pixel${index}`)];
  return [header, ...digits.map(({ label, pixels }) => [label, ...pixels])].map((row) => row.join(",")).join("\n");
}

async function accuracyOf(model: Buffer, digits: readonly Digit[]): Promise<number> {
  const session = await InferenceSession.create(model);
  const features = Float32Array.from(digits.flatMap(({ pixels }) => pixels));
  const { scores } = await session.run({ features: new Tensor("float32", features, [digits.length, PIXELS]) });
  const logits = scores?.data as Float32Array;
  const right = digits.filter(({ label }, row) => {
    const own = [...logits.subarray(row * 10, row * 10 + 10)];
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / digits.length;
}

let workspace: WorkspaceUnderTest;

beforeAll(async () => {
  const { path } = await findOrInstallPython({ install: false });
  workspace = await startWorkspace({ python: path });
  await workspace.createEnvironment();
  const definition = {
    model: "digits",
    task: "classification",
    data: { format: "csv", label: "label", schema: SCHEMA },
  };
  await workspace.putBlob("code", "digits/definition.json", JSON.stringify(definition));
  const files = { "train.py": "examples/digits/training", "ratchet_training.py": "training" };
  for (const [name, folder] of Object.entries(files)) {
    await workspace.putBlob("code", `digits/${name}`, await readFile(join(ROOT, folder, name), "utf8"));
  }
  await workspace.client.codeVersions.createOrUpdate(...workspace.inWorkspace, "digits", "1", {
    properties: { codeUri: `${workspace.blobEndpoint}/code/digits` },
  });
});
afterAll(() => workspace.close());

async function train(name: string, warmStart?: string) {
  const uri = (path: string) => `azureml://datastores/runs/paths/${path}`;
  await workspace.submit(name, {
    codeId: "azureml:digits:1",
    command: `python train.py --train \${{inputs.train}} --warm-start "${warmStart ? "${{inputs.champion}}" : ""}" --out \${{outputs.model}}`,
    inputs: {
      train: { jobInputType: "uri_folder", uri: uri(`${name}/train`) },
      ...(warmStart ? { champion: { jobInputType: "uri_folder", uri: uri(`${warmStart}/model`) } } : {}),
    },
    outputs: { model: { jobOutputType: "uri_folder", uri: uri(`${name}/model`) } },
  });
  const { properties } = await workspace.ended(name, 120_000);
  expect(properties.properties ?? {}).toEqual({});
  expect(properties.status).toBe("Completed");
  return workspace.readBlobBytes("runs", `${name}/model/model.onnx`);
}

test("a PyTorch job learns digits, and a second one starts from what the first has learned", async () => {
  const unseen = await readDigits(5_000, 500);
  await workspace.putBlob("runs", "first/train/a.csv", csvOf(await readDigits(0, 300)));
  const first = await accuracyOf(await train("first"), unseen);
  expect(first).toBeGreaterThan(0.8);
  expect(workspace.output).toContainEqual(expect.stringMatching(/^\[ .* s\] epoch \d+\/\d+ {2}loss/));
  expect(workspace.output).toContainEqual(expect.stringMatching(/^metric watched-accuracy=0\.\d+$/));

  await workspace.putBlob("runs", "second/train/a.csv", csvOf(await readDigits(300, 1_500)));
  const second = await accuracyOf(await train("second", "first"), unseen);
  expect(workspace.output).toContainEqual(expect.stringContaining("starting from the weights of the champion"));
  expect(second).toBeGreaterThan(first);
}, 240_000);
