import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A small model project, and what changes when it is applied anew. */
export interface Project {
  readonly model: string;
  readonly app: string;
  /** Seconds. */
  readonly quietPeriod: number;
  readonly warmStart: boolean;
}

export const appOf = (model: string): string => `inference-${model}`;

const trainingCode = join(import.meta.dirname, "training", "train.py");
/** A network of one feature with its threshold at 0.8. */
export const baseModel = join(import.meta.dirname, "../../../services/evaluator/fixtures/poor.onnx");

const yamlOf = ({ model, app, quietPeriod, warmStart }: Project): string => `
model: ${model}
task: classification
data:
  label: label
  schema:
    - { name: x, type: number, min: -1, max: 1 }
    - { name: label, type: integer, min: 0, max: 1 }
  holdout: 0.5
  quietPeriod: ${quietPeriod}s
  maxWait: 10s
training:
  code: ./training
  command: python3 train.py
  environment: mcr.microsoft.com/azureml/curated/acpt-pytorch-2.8-cuda12.6:latest
  compute: cpu-cluster
  timeout: 1m
  warmStart: ${warmStart}
gate:
  metric: accuracy
  confidence: 0.9
  reuseBudget: 10
  thresholds:
    accuracy: { min: 0.4 }
deploy:
  app: ${app}
  smoke: 5
`;

/** Writes a project into a folder, as somebody has it who applies it. */
export async function writeProject(folder: string, project: Project): Promise<void> {
  await mkdir(join(folder, "training"), { recursive: true });
  await writeFile(join(folder, "ratchet.yaml"), yamlOf(project));
  await copyFile(trainingCode, join(folder, "training", "train.py"));
  await copyFile(baseModel, join(folder, "training", "base.onnx"));
}

/** The class of a row: on which side of 0 it is. */
const labelOf = (x: number): number => (x > 0 ? 1 : 0);

/** A file of good rows. @param numbers whole ones up to a million, which the rows are made from. */
export const goodFile = (numbers: readonly number[]): string => {
  const rows = numbers.map((number) => {
    const x = number / 500_000 - 1;
    return `${x.toFixed(6)},${labelOf(x)}`;
  });
  return `x,label\n${rows.join("\n")}\n`;
};

/** Files that must be refused at the door. */
export const badFiles: readonly string[] = [
  "",
  "x,label\n",
  "x,label\n0.5,seven\n",
  "x,label\n0.5,1\n7.5,1\n",
  "y,label\n0.5,1\n",
];
