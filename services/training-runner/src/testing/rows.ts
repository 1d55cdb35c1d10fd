import { isHoldout, parseDefinition, paths, rowPlace } from "@ratchet/contracts";
import { csvLine } from "@ratchet/formats/stored-rows";
import { projectYaml } from "./project-yaml.ts";

/** What the tests' projects say, whatever model they are of. */
export const definition = parseDefinition(projectYaml("digits"));

const header = csvLine(["pixel0", "pixel1", "pixel2", "pixel3", "label"]);
const placeOf = rowPlace(definition);

/** A row that nobody else has, on a side of the split; its label as it is wanted. */
export function rowOn(side: "train" | "holdout", index: number, label = index % 2): readonly string[] {
  for (let pixel = 0; pixel < 256; pixel += 1) {
    const row = [index >> 8, index & 255, pixel, 0, label].map(String);
    if (isHoldout(placeOf(row), definition.data.holdout) === (side === "holdout")) return row;
  }
  throw new RangeError(`no row of ${index} is on the side ${side}`);
}

/** Rows as they are kept. */
export const csvOf = (rows: readonly (readonly string[])[]): string => header + rows.map(csvLine).join("");

/** The rows of a batch that has one that trains and one that is held out. */
export const rowsOf = (index: number) => ({ train: [rowOn("train", index)], holdout: [rowOn("holdout", index)] });

/** The file of those of a batch that train. */
export const trainingCsv = (batch: number): string => csvOf(rowsOf(batch).train);

export interface BatchRows {
  readonly train: readonly (readonly string[])[];
  readonly holdout: readonly (readonly string[])[];
}

/** Puts the files of a batch. */
export async function putBatchRows(
  { put }: { put(container: "batches", path: string, content: string): Promise<unknown> },
  model: string,
  batch: string,
  { train, holdout }: BatchRows,
): Promise<void> {
  await put("batches", paths.batchTrain(model, batch), csvOf(train));
  await put("batches", paths.batchHoldout(model, batch), csvOf(holdout));
}
