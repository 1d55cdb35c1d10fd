import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { applyProject, readProject } from "@ratchet/cli/commands/apply";
import type { Stack } from "../stack/stack.ts";

const trainingCode = join(import.meta.dirname, "training", "train.py");
const baseModel = join(import.meta.dirname, "../../../services/evaluator/fixtures/poor.onnx");

/** No model is as good as that, so none goes into production: deployments are not what is measured. */
const unreachable = 1;

const yamlOf = (model: string, quietPeriod: string, maxWait: string): string => `
model: ${model}
task: classification
data:
  label: label
  schema:
    - { name: x, type: number, min: -1, max: 1 }
    - { name: label, type: integer, min: 0, max: 1 }
  holdout: 0.5
  quietPeriod: ${quietPeriod}
  maxWait: ${maxWait}
training:
  code: ./training
  command: python3 train.py
  environment: mcr.microsoft.com/azureml/curated/acpt-pytorch-2.8-cuda12.6:latest
  compute: cpu-cluster
  timeout: 15m
gate:
  metric: accuracy
  thresholds:
    accuracy: { min: ${unreachable} }
deploy:
  app: inference-${model}
`;

/** Applies a small model project as `ratchet apply` does. */
export async function applyModel(
  { deployment, files }: Stack,
  model: string,
  { quietPeriod, maxWait = "2h" }: { readonly quietPeriod: string; readonly maxWait?: string },
): Promise<void> {
  const folder = join(files, model);
  await mkdir(join(folder, "training"), { recursive: true });
  await writeFile(join(folder, "ratchet.yaml"), yamlOf(model, quietPeriod, maxWait));
  await copyFile(trainingCode, join(folder, "training", "train.py"));
  await copyFile(baseModel, join(folder, "training", "base.onnx"));
  await applyProject(deployment, await readProject(folder), new Date());
  await rm(folder, { recursive: true });
}

/** A file of rows that keep the schema. @param seed equal seeds, equal content. */
export function goodFile(seed: number, rows = 20): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    // Steps that fill the range evenly and never meet the same value for two seeds.
    const x = (((seed * 1_000 + row) * 0.618_033_988_749_895) % 1) * 2 - 1;
    return `${x.toFixed(9)},${x > 0 ? 1 : 0}`;
  });
  return `x,label\n${lines.join("\n")}\n`;
}

/** A file that must be refused, for its last row. */
export const badFile = (seed: number): string => `${goodFile(seed)}7.5,1\n`;
