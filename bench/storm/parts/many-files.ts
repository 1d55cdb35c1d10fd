import type { File } from "../load/drop-all.ts";
import { applyModel, badFile, goodFile } from "../load/project.ts";
import type { Storm } from "../results.ts";
import type { Stack } from "../stack/stack.ts";
import { storm } from "./storm.ts";

export interface ManyFilesOptions {
  readonly files: number;
  readonly models: number;
  readonly seconds: number;
  readonly quietPeriod: string;
}

/** In a hundred files, as it is in life: one that breaks the schema, and one whose content has come before. */
const perHundred = 100;

/** Files for all models in turn. */
function filesFor(models: readonly string[], count: number): readonly File[] {
  return Array.from({ length: count }, (_, index) => {
    const model = models[index % models.length] ?? "";
    const round = Math.floor(index / models.length);
    const isBad = round % perHundred === 7;
    const repeats = round % perHundred === 11 ? index - models.length : index;
    return {
      model,
      path: `${model}/${String(index).padStart(6, "0")}.csv`,
      content: isBad ? badFile(index) : goodFile(repeats),
    };
  });
}

/** Many small files for some models within a minute. */
export async function manyFiles(
  stack: Stack,
  { files: count, models: modelCount, seconds, quietPeriod }: ManyFilesOptions,
  progress: (text: string) => void,
): Promise<Storm> {
  const models = Array.from({ length: modelCount }, (_, index) => `storm-${index}`);
  for (const model of models) await applyModel(stack, model, { quietPeriod });
  progress(`applied ${modelCount} models`);
  return storm(stack, { models, files: filesFor(models, count), seconds, restLimitMs: 20 * 60_000, progress });
}
