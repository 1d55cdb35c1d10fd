/** How often clean batches stand out and poisoned ones do not, on real data, and what it costs to tell. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { usualPolicy } from "@ratchet/suspicion";
import { digits, penguins, weather } from "@ratchet/suspicion/testing";
import { describeMachine } from "../lib/machine.ts";
import { measureCost } from "./suspicion/measure-cost.ts";
import { measureClean, measurePoisoned, type Trials } from "./suspicion/measure-rates.ts";
import { report } from "./suspicion/report.ts";
import type { Clean, Cost, Poisoned, Results } from "./suspicion/results.ts";

const USAGE = `node bench/data/suspicion.ts [--quick | --last] [--json]
  Compares batches of Seattle's weather, penguins and MNIST digits with the rows before them, clean and poisoned ones, and
  writes results/data-suspicion.json.
  --quick    some seconds; writes nothing
  --last     measures nothing: prints the last written results again
  --json     prints the results as JSON instead of tables`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const JSON_FILE = join(import.meta.dirname, "../results/data-suspicion.json");

const progress = (text: string): void => console.error(`· ${text}`);

const full: Readonly<Record<string, readonly Trials[]>> = {
  weather: [60, 150, 400].map((size) => ({ size, clean: 2000, poisoned: 200 })),
  penguins: [50, 100].map((size) => ({ size, clean: 2000, poisoned: 200 })),
  digits: [
    { size: 100, clean: 300, poisoned: 40 },
    { size: 300, clean: 200, poisoned: 40 },
    { size: 1000, clean: 100, poisoned: 20 },
  ],
};
const quick: typeof full = {
  weather: [{ size: 150, clean: 18, poisoned: 5 }],
  penguins: [{ size: 100, clean: 12, poisoned: 5 }],
  digits: [{ size: 300, clean: 3, poisoned: 2 }],
};

const measure = async (): Promise<Results> => {
  const machine = await describeMachine();
  const clean: Clean[] = [];
  const poisoned: Poisoned[] = [];
  const costs: Cost[] = [];
  for (const table of [await weather(), await penguins(), await digits()]) {
    // A smoke test needs no more than these of the ten thousand digits.
    const some = options.quick ? { ...table, rows: table.rows.slice(0, 1200) } : table;
    for (const trials of (options.quick ? quick : full)[table.name] ?? []) {
      progress(`${table.name}, batches of ${trials.size} rows`);
      clean.push(measureClean(some, trials));
      poisoned.push(...measurePoisoned(some, trials));
    }
    progress(`${table.name}, what it costs`);
    costs.push(await measureCost(some, options.quick ? 1 : 5));
  }
  return { measuredAt: new Date().toISOString(), machine, alpha: usualPolicy.alpha, clean, poisoned, costs };
};

const main = async (): Promise<void> => {
  if (options.help) return console.log(USAGE);
  const results = options.last ? (JSON.parse(await readFile(JSON_FILE, "utf8")) as Results) : await measure();
  if (!options.last && !options.quick) await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  console.log(options.json ? JSON.stringify(results) : report(results));
};

await main();
