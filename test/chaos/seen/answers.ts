import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Deployment } from "@ratchet/cli/deployment";
import type { Verdict } from "@ratchet/contracts";
import { z } from "zod";
import type { Facts } from "../load/facts.ts";
import type { Answer } from "../load/predictions.ts";
import { baseModel } from "../load/projects.ts";
import type { Broken } from "./broken.ts";
import { inWords, isEntitled } from "./invariants-of-production.ts";

/** What a caller may rely on. */
const inferResponse = z.object({
  model_name: z.string(),
  model_version: z.string(),
  outputs: z.tuple([z.object({ data: z.tuple([z.number(), z.number()]) })]),
});

/** A model of the load: which class a feature is of depends on which side of the threshold it is. */
interface ThresholdModel {
  readonly threshold: number;
}

const base = readFileSync(baseModel);
const mark = Buffer.alloc(4);
mark.writeFloatLE(0.8);
const thresholdAt = base.indexOf(mark);

/** Reads a model that the load has trained; undefined where it is none. */
export function thresholdModel(onnx: Buffer): ThresholdModel | undefined {
  if (onnx.length !== base.length) return undefined;
  const threshold = onnx.readFloatLE(thresholdAt);
  const restored = Buffer.from(onnx);
  mark.copy(restored, thresholdAt);
  return restored.equals(base) ? { threshold } : undefined;
}

/** The model's own scores, as `services/evaluator/fixtures/make.py` has them. */
export const scoresOf = ({ threshold }: ThresholdModel, x: number): readonly [number, number] => {
  const margin = (x - threshold) * 20;
  return [-margin, margin];
};

const tolerance = 1e-3;

/**
 * Whether every answer was right: from a version that was judged better or forced, and what that version's model says.
 */
export async function wrongAnswers(
  deployment: Deployment,
  answers: readonly Answer[],
  verdicts: readonly Verdict[],
  { forced }: Facts,
): Promise<readonly Broken[]> {
  const models = new Map<string, ThresholdModel | undefined>();
  const found = new Map<string, Broken>();
  /** The first of a kind says it all. */
  const note = (sentence: string, at: number) => found.has(sentence) || found.set(sentence, { sentence, at });
  for (const { model, x, body, begun } of answers) {
    const { data: answer } = inferResponse.safeParse(body);
    if (!answer || answer.model_name !== model) {
      note(`the endpoint of ${model} answered ${JSON.stringify(body).slice(0, 200)}`, begun);
      continue;
    }
    const version = answer.model_version;
    const name = `${model} ${version}`;
    const ofVersion = verdicts.filter((one) => one.model === model && one.version === version);
    if (!isEntitled(ofVersion) && !forced.has(`${model}/${version}`))
      note(`${name} answered and was judged ${inWords(ofVersion)}`, begun);
    const [verdict] = ofVersion;
    if (!verdict) continue;
    if (!models.has(name)) models.set(name, await modelOf(deployment, verdict));
    const right = models.get(name);
    const [scores] = answer.outputs;
    if (!right) note(`the ONNX of ${name} is not what was judged`, begun);
    else if (
      scoresOf(right, x).some((score, index) => Math.abs(score - (scores.data[index] ?? Number.NaN)) > tolerance)
    )
      note(
        `${name} answered ${scores.data.join(", ")} for ${x}; its model says ${scoresOf(right, x).join(", ")}`,
        begun,
      );
  }
  return [...found.values()];
}

async function modelOf(deployment: Deployment, { onnx }: Verdict): Promise<ThresholdModel | undefined> {
  const content = await deployment
    .container(onnx.container as "runs")
    .getBlobClient(onnx.path)
    .downloadToBuffer();
  const digest = createHash("sha256").update(content).digest("hex");
  return digest === onnx.sha256 ? thresholdModel(content) : undefined;
}
