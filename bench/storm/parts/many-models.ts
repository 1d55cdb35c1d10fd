import { median } from "../../lib/statistics.ts";
import { applyModel, goodFile } from "../load/project.ts";
import type { ManyModels } from "../results.ts";
import type { Stack } from "../stack/stack.ts";
import { storm } from "./storm.ts";

export interface ManyModelsOptions {
  readonly models: number;
  /** In which one file for each is dropped. */
  readonly seconds: number;
  readonly restLimitMs: number;
}

/** Many models, each applied, and with one file. */
export async function manyModels(
  stack: Stack,
  { models: count, seconds, restLimitMs }: ManyModelsOptions,
  progress: (text: string) => void,
): Promise<ManyModels> {
  const models = Array.from({ length: count }, (_, index) => `many-${index}`);
  const took: number[] = [];
  for (const model of models) {
    const begun = performance.now();
    await applyModel(stack, model, { quietPeriod: "5s" });
    took.push(performance.now() - begun);
    if (took.length % 100 === 0)
      progress(`applied ${took.length} models, the last within ${Math.round(took.at(-1) ?? 0)} ms`);
  }
  const tenth = Math.max(1, Math.floor(count / 10));
  const files = models.map((model, index) => ({ model, path: `${model}/first.csv`, content: goodFile(index, 40) }));
  const result = await storm(stack, { models, files, seconds, restLimitMs, progress });
  return {
    ...result,
    applySeconds: took.reduce((sum, each) => sum + each, 0) / 1000,
    applyFirst: median(took.slice(0, tenth)),
    applyLast: median(took.slice(-tenth)),
    trainingsPerMinute: result.runs / ((result.seconds + result.restSeconds) / 60),
  };
}
