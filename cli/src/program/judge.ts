import { InvalidArgumentError } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { judgedAs } from "../errors.ts";
import type { JudgedFiles } from "../judge/judge-files.ts";
import { createOutput, type Output, printable, table } from "../output.ts";

interface Options {
  readonly against: string;
  readonly data: string;
  readonly label?: string;
  readonly project?: string;
  readonly task?: "classification" | "regression";
  readonly classes?: readonly string[];
  readonly without?: readonly string[];
  readonly metric?: string;
  readonly confidence?: number;
  readonly minEffect?: number;
  readonly attempts?: number;
  readonly guardrail?: readonly { readonly metric: string; readonly margin: number }[];
  readonly slice?: readonly { readonly column: string; readonly margin?: number }[];
  readonly report?: string;
  readonly json?: boolean;
}

const list = (text: string): readonly string[] => text.split(",").map((one) => one.trim());

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("it is no number");
  return value;
}

/** Parts `name=margin`; the margin is undefined where it is left out. */
function withMargin(text: string): { readonly name: string; readonly margin: number | undefined } {
  const at = text.lastIndexOf("=");
  if (at < 0) return { name: text, margin: undefined };
  return { name: text.slice(0, at), margin: number(text.slice(at + 1)) };
}

function guardrail(text: string, before: Options["guardrail"] = []): Options["guardrail"] {
  const { name: metric, margin } = withMargin(text);
  if (margin === undefined) throw new InvalidArgumentError(`say by how much it may get worse: ${metric}=0.01`);
  return [...before, { metric, margin }];
}

function slice(text: string, before: Options["slice"] = []): Options["slice"] {
  const { name: column, margin } = withMargin(text);
  return [...before, { column, ...(margin === undefined ? {} : { margin }) }];
}

const colorOf = { promote: colors.green, hold: colors.yellow, reject: colors.red } as const;

const rounded = (value: number | null): string => (value === null ? "" : String(Number(value.toPrecision(4))));

/** A comparison as a line of a table: the improvement, and where it is with the confidence that is asked for. */
function lineOf(name: string, compared: NonNullable<JudgedFiles["weighing"]>["primary"]): readonly string[] {
  const { challenger, champion, improvement, lowerBound, upperBound, rows } = compared;
  const bounds = lowerBound === null ? "" : `${rounded(lowerBound)} to ${rounded(upperBound)}`;
  return [printable(name), rounded(challenger), rounded(champion), rounded(improvement), bounds, String(rows)];
}

function describe({ decision, reasons, challenger, champion, rows, repeated, weighing }: JudgedFiles): string {
  const head = `${colors.bold(colorOf[decision](decision.toUpperCase()))}  ${challenger.file} against ${champion.file}`;
  const words = reasons.map((reason) => `  ${reason}`);
  if (!weighing) return [head, ...words].join("\n");
  const { primary, guardrails, slices } = weighing;
  const lines = [
    lineOf(primary.metric, primary),
    ...guardrails.map((one) => lineOf(`${one.metric}, by at most ${one.margin} worse`, one)),
    ...slices.map((one) => lineOf(`${one.metric} where ${one.column} is ${one.value}`, one)),
  ];
  const headings = ["", "challenger", "champion", "better by", "at least to at most", "rows"];
  const counted = repeated > 0 ? [`  ${repeated} of ${rows} rows came before and count once`] : [];
  return [head, ...words, ...counted, "", table(headings, lines)].join("\n");
}

async function judge(challenger: string, options: Options, output: Output): Promise<void> {
  const {
    against,
    data,
    project,
    guardrail: guardrails = [],
    slice: slices = [],
    without = [],
    report,
    ...typed
  } = options;
  const { comparisonDefinition } = await import("../judge/comparison-definition.ts");
  const { judgeFiles } = await import("../judge/judge-files.ts");
  const definition = await comparisonDefinition(data, project, { ...typed, guardrails, slices, without });
  const judged = await judgeFiles({ challenger, champion: against, data }, definition, () =>
    output.note("memory is not bounded here: only Linux with prlimit can bound it"),
  );
  if (report !== undefined) {
    const [{ writePage }, { renderReport }, { reportOfJudged }] = await Promise.all([
      import("../commands/report.ts"),
      import("@ratchet/report"),
      import("../report/report-of-judged.ts"),
    ]);
    await writePage(report, renderReport(reportOfJudged(judged, definition, new Date())));
    output.note(`the report is ${report}`);
  }
  output.result(judged, describe(judged));
  process.exitCode = judgedAs[judged.decision];
}

export const command: RatchetCommand = {
  group: "model",
  place: 85,
  examples: [
    "ratchet judge new.onnx --against old.onnx --data test.csv --label price",
    "ratchet judge b.onnx --against a.onnx --data t.csv --label y --metric macro-f1",
    "ratchet judge b.onnx --against a.onnx --data t.csv --project examples/digits",
  ],
  define: (command) =>
    command
      .description(
        "compare two ONNX models on the rows of a file, as the gate does; no deployment is needed. Exits with 0 for promote, 10 for hold, 11 for reject",
      )
      .argument("<challenger>", "the ONNX file that wants to take the other's place")
      .requiredOption("--against <champion>", "the ONNX file that it has to be better than")
      .requiredOption("--data <file>", "rows that neither was trained on: CSV, JSON Lines or Parquet")
      .option("--label <column>", "the column that is to be predicted; all others are features, in the file's order")
      .option("--project <folder>", "take schema and policy of this folder's ratchet.yaml")
      .option("--task <task>", "classification or regression; guessed from the label where it is left out")
      .option("--classes <names>", "the classes, in the order of the models' scores", list)
      .option("--without <columns>", "columns that are no features", list)
      .option("--metric <metric>", "what is to be better: accuracy or rmse where it is left out")
      .option("--confidence <share>", "how sure it has to be: 0.95 where it is left out", number)
      .option("--min-effect <difference>", "by how much it has to be better, in the metric's unit", number)
      .option("--attempts <count>", "how many challengers these rows judge in all: each has to be surer then", number)
      .option(
        "--guardrail <metric=margin>",
        "a metric that may get worse by so much; may be given more than once",
        guardrail,
      )
      .option(
        "--slice <column[=margin]>",
        "in no value of this column may it be worse; may be given more than once",
        slice,
      )
      .option("--report <file>", "also write the evidence as one page of HTML")
      .option(...jsonOption)
      .action(async (challenger: string, options: Options) => {
        await judge(challenger, options, createOutput(options.json === true));
      }),
};
