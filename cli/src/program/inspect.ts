import type { Command } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import type { FileContent, Outcome } from "../commands/inspect.ts";
import { exitCodes } from "../errors.ts";
import { createOutput, printable, table } from "../output.ts";

/** A file of thousands of columns is not to be scrolled through. */
const mostColumns = 100;

const count = (number: number, what: string) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;

function describeContent({ file, bytes, format, compression, rows, columns }: FileContent): string {
  const names = { csv: "CSV", jsonl: "JSON Lines", parquet: "Parquet" } as const;
  const how = compression ? `${names[format]}, ${compression}` : names[format];
  const head = `${colors.bold(printable(file))}  ${how}, ${count(bytes, "byte")}, ${count(rows, "row")}, ${count(columns.length, "column")}`;
  const lines = columns
    .slice(0, mostColumns)
    .map((column) => [
      printable(column.name),
      column.type,
      column.range ? printable(`${column.range.min} to ${column.range.max}`) : "",
      column.distinct === undefined ? "many" : String(column.distinct),
      column.missing === 0 ? "" : String(column.missing),
      printable(column.examples.join(", ")),
    ]);
  const more = columns.length > mostColumns ? [`and ${columns.length - mostColumns} more; --json has all of them`] : [];
  const headings = ["column", "seems to be", "range", "different", "missing", "e.g."];
  return [head, "", table(headings, lines), ...more].join("\n");
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.outcome === "refused")
    return `${colors.red("would be refused")} for ${outcome.model}, ${outcome.code}: ${printable(outcome.reason)}`;
  const { train, holdout } = outcome.rows;
  return `${colors.green("would be admitted")} for ${outcome.model} with ${count(train + holdout, "row")}: ${train} to train on, ${holdout} to judge by`;
}

interface Options {
  readonly model?: string;
  readonly json?: boolean;
}

export const command: RatchetCommand = {
  group: "data",
  place: 5,
  examples: ["ratchet inspect monday.parquet", "ratchet inspect monday.csv.gz --model digits"],
  define: (command) =>
    command
      .description("say what a file holds, and what would become of it if it were dropped; nothing is sent")
      .argument("<file>", "a file of data: CSV, JSON Lines or Parquet, plain or compressed by gzip or zstd")
      .option("--model <model>", "also hold it to this model's schema; exits with 1 where it would be refused")
      .option(...jsonOption)
      .action(async (file: string, { model, json }: Options, command: Command) => {
        const { contentOf, outcomeOf } = await import("../commands/inspect.ts");
        if (model === undefined) {
          const content = await contentOf(file);
          return createOutput(json === true).result(content, describeContent(content));
        }
        await withDeployment(command, async (deployment, output) => {
          const outcome = await outcomeOf(deployment, model, file);
          // What is refused may be no table at all; then there is nothing more to say of it.
          const content = await contentOf(file).catch((error: unknown) => {
            if (outcome.outcome === "refused") return undefined;
            throw error;
          });
          const said = content ? [describeContent(content), ""] : [];
          output.result({ ...content, outcome }, [...said, describeOutcome(outcome)].join("\n"));
          if (outcome.outcome === "refused") process.exitCode = exitCodes.failed;
        });
      }),
};
