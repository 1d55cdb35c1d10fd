import { ratio, shortNumber } from "../../lib/format.ts";
import type { Rate } from "../../lib/rate.ts";
import { table } from "../../lib/table.ts";
import type { Results } from "./results.ts";

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const share = ({ happened, trials }: Rate): string => percent(happened / trials);
const interval = ({ from, to }: Rate): string => `${percent(from)} to ${percent(to)}`;
const count = (value: number): string => value.toLocaleString("en-US");

const cleanTable = ({ clean, alpha }: Results): string =>
  table(
    [
      "batches like those before",
      "rows",
      "before",
      "trials",
      `stand out (≤ ${percent(alpha)})`,
      "95 % interval",
      "tests alone",
      "95 % interval",
    ],
    clean.map(({ table: name, rows, rowsBefore, standsOut, byChanceAlone }) => [
      name,
      count(rows),
      count(rowsBefore),
      count(standsOut.trials),
      share(standsOut),
      interval(standsOut),
      share(byChanceAlone),
      interval(byChanceAlone),
    ]),
  );

/** A line for each thing that was done to a table's batches, a column for each size of batch. */
function poisonedTable({ poisoned }: Results, name: string): string {
  const own = poisoned.filter((one) => one.table === name);
  const sizes = [...new Set(own.map(({ rows }) => rows))];
  const lines = [...Map.groupBy(own, ({ poisoning }) => poisoning)].map(([poisoning, all]) => [
    poisoning,
    ...sizes.map((size) => {
      const found = all.find(({ rows }) => rows === size)?.found;
      return found ? share(found) : "";
    }),
    all.at(-1)?.as ?? "",
  ]);
  return table([`found in ${name}`, ...sizes.map((size) => `${count(size)} rows`), "first said of"], lines);
}

const costTable = ({ costs }: Results): string =>
  table(
    ["cost", "columns", "reading µs/row", "profiling µs/row", "of reading", "merge ms", "compare ms", "profile KB"],
    costs.map((cost) => [
      cost.table,
      count(cost.columns),
      shortNumber(cost.reading),
      shortNumber(cost.profiling),
      ratio(cost.profiling / cost.reading),
      shortNumber(cost.merging),
      shortNumber(cost.comparing),
      shortNumber(cost.bytes / 1024),
    ]),
  );

/** The results as text. */
export function report(results: Results): string {
  const names = [...new Set(results.poisoned.map(({ table: name }) => name))];
  return [cleanTable(results), ...names.map((name) => poisonedTable(results, name)), costTable(results)].join("\n\n");
}
