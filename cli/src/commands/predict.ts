import { rowReader } from "@ratchet/contracts";
import { CsvError, parse } from "csv-parse/sync";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { infer, type OutputTensor } from "../inference.ts";
import { readChampion, readDefinition } from "../model-records.ts";

/** What the endpoint answered, and the class of each row where the model classifies. */
interface Prediction {
  readonly model: string;
  readonly version: string;
  readonly endpoint: string;
  readonly outputs: readonly OutputTensor[];
  readonly classes?: readonly string[];
}

/**
 * The endpoint in production for a model.
 * @throws {WrongInputError} when nothing serves it yet.
 */
export async function endpointOf(deployment: Deployment, model: string): Promise<string> {
  const pointer = await readChampion(deployment, model);
  if (!pointer)
    throw new WrongInputError(`nothing serves ${model} yet; \`ratchet status ${model}\` says how far it is`);
  return pointer.endpoint;
}

const argmax = (scores: readonly number[]) => scores.indexOf(Math.max(...scores));

/** @throws {WrongInputError} when the text is no CSV; what is in it is not repeated: it may be anything. */
function recordsOf(csv: string): readonly Record<string, string>[] {
  try {
    return parse(csv, { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new WrongInputError(`the file is not CSV: line ${error["lines"]}, ${error.code}`);
  }
}

/**
 * Predicts for the rows of a CSV text with the model's columns; the label may be left out.
 * @throws {WrongInputError} when the model is not applied, or rows are missing or do not fit its schema; it names row and column.
 */
export async function predict(deployment: Deployment, model: string, csv: string): Promise<Prediction> {
  const applied = await readDefinition(deployment, model);
  if (!applied) throw new WrongInputError(`no model named ${model} is applied; run \`ratchet apply <folder>\``);
  const reader = rowReader(applied.definition);
  const records = recordsOf(csv);
  if (records.length === 0) throw new WrongInputError("the file has no rows");
  const rows = records.map((record, index) => {
    try {
      return reader.readFeatures(record);
    } catch (error) {
      throw new WrongInputError(`row ${index + 2}, ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  const endpoint = await endpointOf(deployment, model);
  const { model_version: version, outputs } = await infer(deployment, endpoint, model, rows);
  const [scores] = outputs;
  const { classes } = reader;
  if (!classes || !scores) return { model, version, endpoint, outputs };
  const count = scores.data.length / rows.length;
  const names = rows.map((_, row) => classes[argmax(scores.data.slice(row * count, (row + 1) * count))] ?? "?");
  return { model, version, endpoint, outputs, classes: names };
}
