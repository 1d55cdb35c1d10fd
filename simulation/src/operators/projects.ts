import { createHash } from "node:crypto";
import { type AppliedDefinition, appliedDefinition, definitionVersionOf, paths } from "@ratchet/contracts";
import type { Storage } from "../world/storage.ts";

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** A model project as somebody applies it. */
export interface Project {
  readonly model: string;
  readonly app: string;
  /** Seconds. */
  readonly quietPeriod: number;
  readonly warmStart: boolean;
  readonly schedule: string | undefined;
  /** What becomes of batches that stand out. */
  readonly suspicion: "quarantine" | "warn" | "off";
}

const yamlOf = ({ model, app, quietPeriod, warmStart, schedule, suspicion }: Project): string => `
model: ${model}
task: classification
data:
  label: label
  holdout: 0.5
  quietPeriod: ${quietPeriod}s
  maxWait: 5m
  suspicion: ${suspicion}
  suspicionThresholds: { minRows: 20 }
  schema:
    - { name: a, type: integer, min: 0, max: 1000000 }
    - { name: b, type: integer, min: 0, max: 1000000 }
    - { name: label, type: integer, min: 0, max: 1 }
training: { code: ./training, command: sh train.sh, environment: "example.azurecr.io/pytorch:2", compute: cpu, timeout: 2h, warmStart: ${warmStart} }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.4 } } }
deploy: { app: ${app}, smoke: 2 }
${schedule ? `schedule: "${schedule}"` : ""}
`;

/** Applies a project as `ratchet apply` does: its files, then what makes them the model's definition. */
export function apply(storage: Storage, project: Project, now: number): AppliedDefinition {
  const source = yamlOf(project);
  const files = { "ratchet.yaml": source, "training/train.sh": "echo trained" };
  const listed = Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text) }));
  const version = definitionVersionOf(listed);
  const { model } = project;
  const applied = appliedDefinition.parse({
    model,
    version,
    source,
    files: listed,
    appliedAt: new Date(now).toISOString(),
  });
  for (const [path, text] of Object.entries(files))
    storage.put("definitions", paths.definitionFile(model, version, path), text);
  storage.put("definitions", paths.currentDefinition(model), JSON.stringify(appliedDefinition.toJson(applied)));
  return applied;
}
