/** The whole local stack under storms of files, models and events, and what a drop costs as history grows. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./lib/machine.ts";
import { chart } from "./storm/chart.ts";
import type { PartName, PartOptions, PartResult } from "./storm/parts/part.ts";
import { report } from "./storm/report.ts";
import type { Results } from "./storm/results.ts";

const USAGE = `node bench/storm.ts [--quick | --last] [--only files|models|history|drops|ledger ...] [--json]
  Puts the local stack under storms and writes results/storm.json and .svg.
  --quick  a hundredth of the work, about a minute; writes nothing
  --last   measures nothing: prints and draws the last written results again
  --only   measures this part, and keeps the last results of the others; may be given several times
  --files, --models, --events  other sizes of the storms (10,000 files, 1,000 models, 100,000 events), at the same pace
  --drops, --in-turn  how many are dropped for one model at once and one after another (10,000 each)
  --json   prints the results as JSON instead of tables`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    files: { type: "string", default: "10000" },
    models: { type: "string", default: "1000" },
    events: { type: "string", default: "100000" },
    drops: { type: "string", default: "10000" },
    "in-turn": { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const [files, models, events] = [Number(options.files), Number(options.models), Number(options.events)];

const full: Required<PartOptions> = {
  // 10,000 files within a minute.
  files: { files, models: 20, seconds: files * 0.006, quietPeriod: "20s" },
  models: { models, seconds: models * 0.006, restLimitMs: 20 * 60_000 },
  history: { levels: [100, 1_000, 10_000], drops: 10, mostTrainedOn: 1_000, trainingLimitMs: 10 * 60_000 },
  drops: { atOnce: Number(options.drops), inTurn: Number(options["in-turn"]), writers: 100, waiting: 1_000 },
  ledger: { levels: [events / 100, events / 10, events], models: 100, eventsPerDay: events / 10, mostRebuilt: 10_000 },
};

const quick: Required<PartOptions> = {
  files: { files: 40, models: 2, seconds: 2, quietPeriod: "3s" },
  models: { models: 2, seconds: 1, restLimitMs: 60_000 },
  history: { levels: [5, 50], drops: 2, mostTrainedOn: 5, trainingLimitMs: 60_000 },
  drops: { atOnce: 40, inTurn: 20, writers: 10, waiting: 20 },
  ledger: { levels: [20, 200], models: 4, eventsPerDay: 100, mostRebuilt: 200 },
};

const progress = (text: string): void => console.error(`· ${text}`);

/** Measures parts, one after the other on one stack, in processes of their own. */
async function measure(parts: PartOptions, onResult: (result: PartResult) => Promise<void>): Promise<void> {
  progress(Object.keys(parts).join(", "));
  const program = fileURLToPath(new URL("./storm/part-process.ts", import.meta.url));
  const child = fork(program, [JSON.stringify(parts)], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const written: Promise<void>[] = [];
  child.on("message", (result: PartResult) => void written.push(onResult(result)));
  const [code] = await once(child, "exit");
  await Promise.all(written);
  if (code !== 0) throw new Error(`the process that measures has ended with ${code}`);
}

const JSON_FILE = join(import.meta.dirname, "results", "storm.json");

const lastResults = async (): Promise<Results> => JSON.parse(await readFile(JSON_FILE, "utf8")) as Results;

const write = async (results: Results): Promise<void> => {
  await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(JSON_FILE.replace(/json$/, "svg"), chart(results));
};

/** What is measured on one stack: all of a smoke test, else each part for itself. */
const partsToMeasure = (): readonly PartOptions[] => {
  if (options.last) return [];
  const all = Object.entries(options.quick ? quick : full) as [PartName, object][];
  const wanted = all.filter(([name]) => options.only?.includes(name) ?? true);
  return options.quick ? [Object.fromEntries(wanted)] : wanted.map((part) => Object.fromEntries([part]));
};

const main = async (): Promise<void> => {
  if (options.help) return console.log(USAGE);
  const keepsOthers = options.last || (options.only !== undefined && !options.quick);
  const now = { measuredAt: new Date().toISOString(), machine: await describeMachine() };
  let results: Results = keepsOthers ? await lastResults().catch(() => now) : now;
  for (const parts of partsToMeasure())
    await measure(parts, async (result) => {
      results = { ...results, ...now, ...result };
      // What was measured is kept, whatever becomes of the parts that follow.
      if (!options.quick) await write(results);
    });
  if (options.last) await write(results);
  console.log(options.json ? JSON.stringify(results) : report(results));
};

await main();
