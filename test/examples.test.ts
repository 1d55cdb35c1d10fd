// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are written as Azure ML has them
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { CommandJob, UriFolderJobInput } from "@azure/arm-machinelearning";
import { findOrInstallPython } from "@local-azure/machine-learning";
import { startWorkspace, type WorkspaceUnderTest } from "@local-azure/machine-learning/testing";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

// A real PyTorch job on real digits: what the examples hold, run as a service would run it.
const root = join(import.meta.dirname, "..");
const pixelCount = 784;
const digitsTraining = [
  { name: "label", type: "integer", min: 0, max: 9 },
  { name: "pixel[0..783]", type: "integer", min: 0, max: 255 },
];
const weatherKinds = ["drizzle", "fog", "rain", "snow", "sun"];
const weatherTraining = [
  { name: "date", type: "date" },
  ...["precipitation", "temp_max", "temp_min", "wind"].map((name) => ({ name, type: "number" })),
  { name: "weather", type: "category", values: weatherKinds },
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
        const at = (from / 10 + index) * pixelCount;
        return { label, pixels: data.slice(at, at + pixelCount).map((grey) => Math.round(grey * 255)) };
      });
    }),
  );
  return kinds.flat();
}

function csvOf(digits: readonly Digit[]): string {
  const header = ["label", ...Array.from({ length: pixelCount }, (_, index) => `pixel${index}`)];
  return [header, ...digits.map(({ label, pixels }) => [label, ...pixels])].map((row) => row.join(",")).join("\n");
}

async function accuracyOf(session: InferenceSession, digits: readonly Digit[]): Promise<number> {
  const features = Float32Array.from(digits.flatMap(({ pixels }) => pixels));
  const { scores } = await session.run({ features: new Tensor("float32", features, [digits.length, pixelCount]) });
  const logits = scores?.data as Float32Array;
  const right = digits.filter(({ label }, row) => {
    const own = [...logits.subarray(row * 10, row * 10 + 10)];
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / digits.length;
}

let workspace: WorkspaceUnderTest;

beforeEach(() => {
  workspace.output.length = 0;
});
beforeAll(async () => {
  const { path } = await findOrInstallPython({ install: false, variable: "RATCHET_PYTHON" });
  workspace = await startWorkspace({ python: path });
  await workspace.createEnvironment();
  await createCode("digits", {
    task: "classification",
    data: { format: "csv", label: "label", schema: digitsTraining },
  });
  await createCode("weather", {
    task: "regression",
    data: { format: "csv", label: "temp_max", schema: weatherTraining },
  });
});
afterAll(() => workspace.close());

/** Uploads an example's code as a service would: beside it the helper and the definition. */
async function createCode(example: string, definition: object): Promise<void> {
  const files = {
    "train.py": await readFile(join(root, "examples", example, "training/train.py"), "utf8"),
    "ratchet_training.py": await readFile(join(root, "training/ratchet_training.py"), "utf8"),
    "definition.json": JSON.stringify({ model: example, ...definition }),
  };
  for (const [name, content] of Object.entries(files)) await workspace.putBlob("code", `${example}/${name}`, content);
  await workspace.client.codeVersions.createOrUpdate(...workspace.inWorkspace, example, "1", {
    properties: { codeUri: `${workspace.blobEndpoint}/code/${example}` },
  });
}

/** Submits a job that trains; `more` is what else the job says. */
async function submit(
  example: string,
  name: string,
  rows: string,
  { warmStart, ...more }: Partial<CommandJob> & { readonly warmStart?: string } = {},
): Promise<void> {
  await workspace.putBlob("runs", `${name}/train/a.csv`, rows);
  const uri = (path: string) => `azureml://datastores/runs/paths/${path}`;
  const folder = (path: string): UriFolderJobInput => ({ jobInputType: "uri_folder", uri: uri(path) });
  const inputs: NonNullable<CommandJob["inputs"]> = { train: folder(`${name}/train`) };
  if (warmStart) inputs["champion"] = folder(`${warmStart}/model`);
  await workspace.submit(name, {
    codeId: `azureml:${example}:1`,
    ...more,
    // The process is the job's own: to end it is to end the job's process.
    command: `echo pid $$; exec python train.py --train \${{inputs.train}} --warm-start "${warmStart ? "${{inputs.champion}}" : ""}" --out \${{outputs.model}}`,
    inputs,
    outputs: { model: { jobOutputType: "uri_folder", uri: uri(`${name}/model`) } },
  });
}

async function train(...what: Parameters<typeof submit>): Promise<InferenceSession> {
  await submit(...what);
  const [, name] = what;
  const { properties } = await workspace.ended(name, 120_000);
  expect(properties.properties ?? {}).toEqual({});
  expect(properties.status).toBe("Completed");
  return InferenceSession.create(await workspace.readBlobBytes("runs", `${name}/model/model.onnx`));
}

test("a PyTorch job learns digits, and a second one starts from what the first has learned", async () => {
  const unseen = await readDigits(5_000, 500);
  const first = await accuracyOf(await train("digits", "first", csvOf(await readDigits(0, 300))), unseen);
  expect(first).toBeGreaterThan(0.8);
  expect(workspace.output).toContainEqual(expect.stringMatching(/^\[ .* s\] epoch \d+\/\d+ {2}loss/));
  expect(workspace.output).toContainEqual(expect.stringMatching(/^metric watched-accuracy=0\.\d+$/));

  const more = csvOf(await readDigits(300, 1_500));
  const second = await accuracyOf(await train("digits", "second", more, { warmStart: "first" }), unseen);
  expect(workspace.output).toContainEqual(expect.stringContaining("starting from the weights of the champion"));
  expect(second).toBeGreaterThan(first);
}, 240_000);

test("a PyTorch job learns the weather of three years well enough for the fourth", async () => {
  const file = createRequire(import.meta.url).resolve("vega-datasets");
  const [header = "", ...days] = (await readFile(join(file, "../../data/seattle-weather.csv"), "utf8"))
    .trim()
    .split("\n");
  const session = await train("weather", "years", [header, ...days.filter((day) => day < "2015")].join("\n"));

  const unseen = days.filter((day) => day >= "2015").map((day) => day.split(","));
  const features = unseen.flatMap(([date = "", rain, , low, wind, kind = ""]) => {
    return [Date.parse(date) / 86_400_000, Number(rain), Number(low), Number(wind), weatherKinds.indexOf(kind)];
  });
  const input = new Tensor("float32", Float32Array.from(features), [unseen.length, 5]);
  const { prediction } = await session.run({ features: input });
  expect(prediction?.dims).toEqual([365, 1]);
  const squares = unseen.map(([, , high], row) => (Number(prediction?.data[row]) - Number(high)) ** 2);
  expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)).toBeLessThan(3.5);
}, 120_000);

describe("a PyTorch job on two processes", () => {
  const twoProcesses = {
    resources: { instanceCount: 2 },
    distribution: { distributionType: "PyTorch", processCountPerInstance: 1 },
  } as const;

  test("learns digits as one process does, and the first alone writes the model", async () => {
    const session = await train("digits", "two", csvOf(await readDigits(0, 300)), twoProcesses);
    expect(await accuracyOf(session, await readDigits(5_000, 500))).toBeGreaterThan(0.85);
    expect(workspace.output).toContainEqual(expect.stringMatching(/^rank 1: .* process 1 of 2$/));
    const writes = workspace.output.filter((line) => line.includes("wrote model.onnx"));
    expect(writes).toEqual([expect.stringMatching(/^rank 0: /)]);
  }, 120_000);

  test("fails when one of them is killed, and the other does not wait for it", async () => {
    await submit("digits", "one-killed", csvOf(await readDigits(0, 300)), twoProcesses);
    const said = (line: RegExp) =>
      vi.waitUntil(() => workspace.output.map((one) => line.exec(one)).find((match) => match !== null), {
        timeout: 60_000,
      });
    const [, killed] = await said(/^rank 1: pid (\d+)$/);
    const [, other] = await said(/^rank 0: pid (\d+)$/);
    await said(/^rank 0: .* epoch \d+/);
    process.kill(Number(killed), "SIGKILL");
    const { properties } = await workspace.ended("one-killed", 60_000);
    expect(properties.status).toBe("Failed");
    expect(properties.properties?.["error.message"]).toMatch(/^The process of rank 1 was killed by SIGKILL\./);
    expect(() => process.kill(Number(other), 0)).toThrow("ESRCH");
    expect(await workspace.blobNames("runs", "one-killed/model/")).toEqual([]);
  }, 120_000);
});
