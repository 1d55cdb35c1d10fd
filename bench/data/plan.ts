/** Plans data sets of up to 100 million rows, against merely reading the same indexes. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../lib/machine.ts";
import { measureSize } from "./plan/measure.ts";
import { report } from "./plan/report.ts";
import type { Results } from "./plan/results.ts";

const USAGE = `node bench/data/plan.ts [--quick | --last] [--rows <number> ...] [--batches <number>] [--json]
  Plans synthetic data sets, and writes results/data-plan.json.
  --quick    some seconds; writes nothing
  --last     measures nothing: prints the last written results again
  --rows     this size only (28 bytes of disk for each row), and keeps the last results of the others; may be given
             several times. 1, 10 and 100 million by itself
  --batches  in so many batches, 1,000 by itself
  --rounds   how often each is measured; the median counts, 3 by itself
  --json     prints the results as JSON instead of a table`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    rows: { type: "string", multiple: true },
    batches: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const JSON_FILE = join(import.meta.dirname, "../results/data-plan.json");

const progress = (text: string): void => console.error(`· ${text}`);

const lastResults = async (): Promise<Results> => JSON.parse(await readFile(JSON_FILE, "utf8")) as Results;

const full = { rows: options.rows?.map(Number) ?? [1e6, 1e7, 1e8], batches: Number(options.batches) };
const quick = { rows: [20_000, 40_000], batches: 20 };

const main = async (): Promise<void> => {
  if (options.help) return console.log(USAGE);
  const keepsOthers = options.last || (options.rows !== undefined && !options.quick);
  const now = { measuredAt: new Date().toISOString(), machine: await describeMachine() };
  let results: Results = keepsOthers ? await lastResults().catch(() => ({ ...now, sizes: [] })) : { ...now, sizes: [] };
  const { rows: sizes, batches } = options.quick ? quick : full;
  for (const rows of options.last ? [] : sizes) {
    const size = await measureSize({ rows, batches, rounds: options.quick ? 1 : Number(options.rounds) }, progress);
    const others = results.sizes.filter((one) => one.rows !== rows || one.batches !== batches);
    results = { ...now, sizes: [...others, size].sort((a, b) => a.rows - b.rows || a.batches - b.batches) };
    // What was measured is kept, whatever becomes of the sizes that follow.
    if (!options.quick) await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  }
  console.log(options.json ? JSON.stringify(results) : report(results));
};

await main();
