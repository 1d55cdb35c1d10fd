import { basename } from "node:path";
import type { ColumnSummary } from "@ratchet/formats";
import { WrongInputError } from "../errors.ts";
import { printable } from "../output.ts";
import type { FileContent } from "./inspect.ts";

/** Integers beyond are not told apart by a model's numbers, which have single precision. */
const exactInSingle = 2 ** 24;

/** An integer with more values than this is a number to be predicted, not a class. */
const mostClasses = 20;

/** In fewer rows values may differ by chance. */
const fewRows = 20;

/** A `ratchet.yaml` in parts that a template has places for. */
export interface GuessedDefinition {
  readonly task: "classification" | "regression";
  readonly label: string;
  /** Lines of YAML, in their places. */
  readonly lines: { readonly label: string; readonly schema: readonly string[]; readonly gate: readonly string[] };
}

const plainWord = /^[A-Za-z][A-Za-z0-9_]*$/;
const wordsOfYaml = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** Text as YAML has it on one line: JSON's strings are YAML's. */
const scalar = (text: string): string =>
  plainWord.test(text) && !wordsOfYaml.test(text)
    ? text
    : JSON.stringify(text).replaceAll("\u0085", "\\N").replaceAll("\u2028", "\\L").replaceAll("\u2029", "\\P");

const labelNames = /^(label|target|class|outcome|y)$/i;

const isClasses = ({ type, distinct, range }: ColumnSummary): boolean =>
  type === "integer" &&
  distinct !== undefined &&
  distinct <= mostClasses &&
  Number(range?.max) - Number(range?.min) < 1000;

const canBeLabel = ({ type }: ColumnSummary): boolean => ["category", "boolean", "integer", "number"].includes(type);

/** @throws {WrongInputError} when no column can be one, or not the one that is wanted. */
function labelOf({ file, columns }: FileContent, wanted: string | undefined): ColumnSummary {
  if (wanted !== undefined) {
    const column = columns.find(({ name }) => name === wanted);
    if (!column) throw new WrongInputError(`${file} has no column ${wanted}`);
    if (!canBeLabel(column))
      throw new WrongInputError(
        `the column ${wanted} of ${file} seems to be ${column.type}; a label is a category, a boolean or a number`,
      );
    return column;
  }
  const possible = columns.filter(canBeLabel);
  const found = possible.findLast(({ name }) => labelNames.test(name)) ?? possible.at(-1);
  if (!found)
    throw new WrongInputError(`${file} has no column that could be the label: a category, a boolean or a number`);
  return found;
}

interface Line {
  readonly name: string;
  /** What follows the name, within the braces. */
  readonly fields: readonly string[];
  readonly comment: string | undefined;
}

function isLarge({ range }: ColumnSummary): boolean {
  return Math.max(Math.abs(Number(range?.min)), Math.abs(Number(range?.max))) > exactInSingle;
}

/** What a column of the file would be in the schema, and what to look at there. */
function lineOf(column: ColumnSummary, rows: number, isLabel: boolean): Line {
  const { name, type, missing, unique, values = [], range } = column;
  const fields: string[] = [`type: ${type === "empty" ? "number" : type}`];
  const comments: string[] = [];
  if (type === "category") {
    fields.push(
      `values: [${values
        .map(({ value }) => value)
        .sort()
        .map(scalar)
        .join(", ")}]`,
    );
    comments.push("only values that are in the file; add what may still come");
  }
  if (isLabel && isClasses(column)) {
    fields.push(`min: ${Number(range?.min)}, max: ${Number(range?.max)}`);
    comments.push("the classes are the integers from min to max");
  }
  if (isLabel && missing > 0)
    comments.push(`the label: ${missing} of ${rows} rows have none and would refuse the file`);
  if (!isLabel && missing > 0) fields.push("optional: true");
  if (type === "empty") {
    fields.push("feature: false");
    comments.push("no row has a value: say what it is, or leave it out of the files");
  } else if (type === "text") {
    fields.push("feature: false");
    comments.push("too many different values for a category");
  } else if (!isLabel && type === "integer" && isLarge(column)) {
    fields.push("feature: false");
    comments.push(
      `beyond ${exactInSingle} a model does not tell integers apart: a key? if it is an amount, make it a number and a feature`,
    );
  } else if (!isLabel && type === "integer" && unique && rows >= fewRows)
    comments.push("every row has another: if it is a key, add feature: false");
  else if (!isLabel && type === "date")
    comments.push("to a model, days since 1970: if it only says when a row was written, add feature: false");
  return { name, fields, comment: comments.length > 0 ? comments.join("; ") : undefined };
}

/** A run of columns that differ by a number at the end, as one: `pixel[0..783]`. */
function joined(lines: readonly Line[]): readonly Line[] {
  const numbered = ({ name }: Line) => /^(.*?)(0|[1-9]\d{0,5})$/.exec(name);
  const all: Line[] = [];
  for (let at = 0; at < lines.length; ) {
    const first = lines[at];
    if (!first) break;
    const start = numbered(first);
    let end = at + 1;
    for (; start && end < lines.length; end += 1) {
      const next = lines[end];
      const follows = next && next.name === `${start[1]}${Number(start[2]) + end - at}`;
      if (!follows || next.comment !== first.comment || next.fields.join() !== first.fields.join()) break;
    }
    if (start && end - at > 2)
      all.push({ ...first, name: `${start[1]}[${start[2]}..${Number(start[2]) + end - at - 1}]` });
    else {
      end = at + 1;
      all.push(first);
    }
    at = end;
  }
  return all;
}

const lineText = ({ name, fields, comment }: Line): string =>
  `    - { name: ${scalar(name)}, ${fields.join(", ")} }${comment === undefined ? "" : ` # ${comment}`}`;

function gateLines(label: ColumnSummary, isClassification: boolean): readonly string[] {
  if (!isClassification) {
    const rmse = label.deviation ? Number(label.deviation.toPrecision(3)) : 1;
    return [
      "  metric: rmse",
      "  thresholds:",
      `    rmse: { max: ${rmse} } # the label's standard deviation: who always says the mean reaches it; ask for less`,
    ];
  }
  const values = label.values ?? [];
  const all = values.reduce((sum, { rows }) => sum + rows, 0);
  const most = Math.min(0.99, Math.ceil((100 * (values[0]?.rows ?? 0)) / Math.max(all, 1)) / 100);
  return [
    "  metric: accuracy",
    "  thresholds:",
    `    accuracy: { min: ${most} } # the share of the most frequent class: who always says it reaches it; ask for more`,
  ];
}

/**
 * The definition that a file's rows suggest, with a comment wherever somebody should look.
 * @param wanted the label; guessed by its name or place where it is left out.
 * @throws {WrongInputError} when the file has no label, or nothing but one.
 */
export function guessDefinition(content: FileContent, wanted?: string): GuessedDefinition {
  const { file, rows, columns } = content;
  if (rows === 0) throw new WrongInputError(`${file} has no rows to guess by`);
  const label = labelOf(content, wanted);
  const others = columns.filter((column) => column !== label);
  const lines = columns.map((column) => lineOf(column, rows, column === label));
  const isFeature = (column: ColumnSummary) => !lines[columns.indexOf(column)]?.fields.includes("feature: false");
  if (!others.some(isFeature))
    throw new WrongInputError(`${file} has no column beside the label ${label.name} that a model could learn from`);
  const isClassification = label.type === "category" || label.type === "boolean" || isClasses(label);
  const why = wanted === undefined ? " # guessed: is this what is to be predicted?" : "";
  return {
    task: isClassification ? "classification" : "regression",
    label: label.name,
    lines: {
      label: `  label: ${scalar(label.name)}${why}`,
      schema: [
        `  schema: # guessed from ${rows} rows of ${printable(basename(file))}: correct what is wrong`,
        ...joined(lines).map(lineText),
      ],
      gate: gateLines(label, isClassification),
    },
  };
}
