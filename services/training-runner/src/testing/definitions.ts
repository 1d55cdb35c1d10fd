import { createHash } from "node:crypto";
import { type AppliedDefinition, definitionVersionOf, parseAppliedDefinition } from "@ratchet/contracts";

/** A small project whose training is a shell script: quick, and all that a run needs of a command. */
export const projectYaml = (model: string, training = "") => `
model: ${model}
task: classification
data:
  label: label
  schema:
    - { name: "pixel[0..3]", type: integer, min: 0, max: 255 }
    - { name: label, type: integer, min: 0, max: 1 }
training:
  code: ./training
  command: sh train.sh
  environment: "example.azurecr.io/pytorch:2"
  compute: cpu-cluster
  timeout: 1h
${training}
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.5 } } }
deploy: { app: inference-${model} }
`;

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A project as `ratchet apply` would write it. */
export function applied(source: string, files: Readonly<Record<string, string>>): AppliedDefinition {
  const listed = Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text) }));
  const model = /model: (\S+)/.exec(source)?.[1];
  const appliedAt = "2026-11-23T08:00:00.000Z";
  return parseAppliedDefinition({ model, version: definitionVersionOf(listed), source, files: listed, appliedAt });
}
