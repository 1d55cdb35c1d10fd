import { type AskedRows, type Column, columnsOf, type ReleaseManifest, readField } from "@ratchet/contracts";
import { UnservableModelError } from "../model/unservable.ts";
import type { ModelTensors } from "../protocol/request.ts";
import type { TensorMetadata } from "../protocol/tensors.ts";

/** How a model is asked by name, and what it then says. */
export interface NamedModel {
  readonly rows: AskedRows;
  /** In the order of the model's input, ranges of names expanded. */
  readonly columns: readonly Column[];
  /** The names of ranges, such as `pixel` for pixel0 to pixel783: their values may come as an array. */
  readonly ranges: ReadonlyMap<string, readonly string[]>;
  readonly input: TensorMetadata;
  readonly output: TensorMetadata;
  /** The classes by index; undefined for a regression. */
  readonly classes: readonly string[] | undefined;
  /** Whether its scores are probabilities already: told by its golden predictions, as when it was judged. */
  readonly givesProbabilities: boolean;
}

const rangeName = /^(.*)\[\d+\.\.\d+\]$/;

function rangesOf({ columns }: AskedRows): ReadonlyMap<string, readonly string[]> {
  return new Map(
    columns.flatMap((column) => {
      const prefix = rangeName.exec(column.name)?.[1];
      if (prefix === undefined || prefix === "") return [];
      const names = columnsOf({ columns: [column], label: { name: "" } }).map(({ name }) => name);
      return [[prefix, names] as const];
    }),
  );
}

/** Whether rows of scores are probabilities: none negative, each row summing to 1. */
const areProbabilities = (rows: readonly (readonly number[])[]): boolean =>
  rows.every(
    (row) => row.every((score) => score >= 0) && Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) <= 1e-3,
  );

/** How this training code read a column: texts, and the numbers that they became; null for not-a-number. */
interface Reading {
  readonly format: number;
  readonly columns: readonly {
    readonly names: readonly string[];
    readonly reads: readonly (readonly [string, number | null])[];
  }[];
  readonly classes: readonly string[] | null;
}

/** What training writes into a model's file beside the model. */
const readingKey = "ratchet.reading";

function checkReads(column: Column, reads: Reading["columns"][number]["reads"]): void {
  for (const [text, number] of reads) {
    const field = readField(column, text);
    const value = "fault" in field ? field.fault.message : Math.fround(field.value);
    const trained = Math.fround(number ?? Number.NaN);
    if (!Object.is(value, trained))
      throw new UnservableModelError(
        `the column ${column.name} is read otherwise than it was in training: ${JSON.stringify(text)} became ${trained} there, and is ${value} here`,
      );
  }
}

/**
 * Holds how rows are read here to how they were read where the model was trained, which its file tells in examples: every
 * category, and some of all else.
 * @throws {UnservableModelError} when a column, a class or a number is another one.
 */
function checkReading(text: string, columns: readonly Column[], classes: readonly string[] | undefined): void {
  const reading = JSON.parse(text) as Reading;
  // What a later helper says otherwise, this code cannot hold anything to.
  if (reading.format !== 1) return;
  const trained = reading.columns.flatMap(({ names, reads }) => names.map((name) => ({ name, reads })));
  const other = columns.findIndex(({ name }, index) => name !== trained[index]?.name);
  if (other >= 0 || trained.length !== columns.length)
    throw new UnservableModelError(
      `the model was trained on ${trained.length} columns, and is asked by ${columns.length}: column ${Math.max(other, 0)} was ${trained[Math.max(other, 0)]?.name}, and is ${columns[Math.max(other, 0)]?.name}`,
    );
  for (const [index, column] of columns.entries()) checkReads(column, trained[index]?.reads ?? []);
  if (String(reading.classes ?? "") !== String(classes ?? ""))
    throw new UnservableModelError(
      `the model was trained on the classes ${reading.classes?.join(", ")}, and answers with ${classes?.join(", ")}`,
    );
}

/**
 * How a model is asked by name; undefined for a release of before that was kept.
 * @param metadata what the model's file says of itself.
 * @throws {UnservableModelError} when it would be read otherwise than where it was trained.
 */
export function namedModel(
  { signature, golden }: ReleaseManifest,
  { inputs, outputs }: ModelTensors,
  metadata: ReadonlyMap<string, string>,
): NamedModel | undefined {
  const { rows, classes } = signature;
  const [input, ...others] = inputs;
  const output = outputs.find(({ name }) => name === golden.output);
  if (!rows || !input || others.length > 0 || !output || !["FP32", "FP64"].includes(input.datatype)) return undefined;
  let columns: readonly Column[];
  try {
    columns = columnsOf(rows);
  } catch (error) {
    throw new UnservableModelError(error instanceof Error ? error.message : String(error));
  }
  const reading = metadata.get(readingKey);
  if (reading !== undefined) checkReading(reading, columns, classes);
  return {
    rows,
    columns,
    ranges: rangesOf(rows),
    input,
    output,
    classes,
    givesProbabilities: areProbabilities(golden.expected),
  };
}
