/** Takes in large files as the data-watcher does at its door, against pandas with pandera and against DuckDB. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../lib/machine.ts";
import { findPeers } from "../lib/python-peers.ts";
import { measureTable } from "./ingest/measure.ts";
import { report } from "./ingest/report.ts";
import { type FileResult, formats, type Results } from "./ingest/results.ts";
import { tableNames } from "./ingest/tables.ts";

const USAGE = `node bench/data/ingest.ts [--quick | --last] [--size <megabytes> ...] [--only long|wide ...] [--format csv|parquet ...] [--rounds <number>] [--json]
  Takes in CSV and Parquet files, long and wide ones, and writes results/data-ingest.json.
  --quick    some seconds, with the peers only where they are installed; writes nothing
  --last     measures nothing: prints the last written results again
  --size     how large the files are as CSV; may be given several times. 100 and 1,000 by itself
  --only     this table only
  --format   this format only. Results of other sizes, tables and formats are kept where one is named
  --rounds   how often each is measured; the median counts, 3 by itself
  --json     prints the results as JSON instead of a table`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    size: { type: "string", multiple: true },
    only: { type: "string", multiple: true },
    format: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const JSON_FILE = join(import.meta.dirname, "../results/data-ingest.json");

const progress = (text: string): void => console.error(`· ${text}`);

const lastResults = async (): Promise<Results> => JSON.parse(await readFile(JSON_FILE, "utf8")) as Results;

const sizes = options.quick ? [2] : (options.size?.map(Number) ?? [100, 1_000]);
const names = tableNames.filter((name) => options.only?.includes(name) ?? true);
const wantedFormats = formats.filter((name) => options.format?.includes(name) ?? true);

const megabytesOf = ({ csvBytes }: FileResult): number => Math.round(csvBytes / 1e6);

/** Those of a former run that were not measured again, and the new ones, from small to large. */
const merged = (former: readonly FileResult[], files: readonly FileResult[]): readonly FileResult[] =>
  [
    ...former.filter(
      (one) =>
        !files.some(
          ({ table, format, ...file }) =>
            table === one.table && format === one.format && Math.round(file.csvBytes / 1e6) === megabytesOf(one),
        ),
    ),
    ...files,
  ].sort(
    (a, b) => a.table.localeCompare(b.table) || a.format.localeCompare(b.format) || megabytesOf(a) - megabytesOf(b),
  );

const main = async (): Promise<void> => {
  if (options.help) return console.log(USAGE);
  const keepsOthers =
    options.last || ((options.size ?? options.only ?? options.format) !== undefined && !options.quick);
  const now = { measuredAt: new Date().toISOString(), machine: await describeMachine() };
  const nothing: Results = { ...now, skipped: [], files: [] };
  let results = keepsOthers ? await lastResults().catch(() => nothing) : nothing;
  if (!options.last) {
    const peers = await findPeers({
      requirements: join(import.meta.dirname, "ingest", "peers", "requirements.txt"),
      what: "pandas, pandera and DuckDB",
      install: !options.quick,
    });
    const skipped = "missing" in peers ? [`Parquet and all peers: ${peers.missing}`] : [];
    for (const skip of skipped) progress(skip);
    for (const size of sizes)
      for (const table of names) {
        const python = "python" in peers ? peers.python : undefined;
        const rounds = options.quick ? 1 : Number(options.rounds);
        const files = await measureTable({ table, size: size * 1e6, formats: wantedFormats, rounds, python, progress });
        results = { ...now, skipped, files: merged(results.files, files) };
        // What was measured is kept, whatever becomes of the files that follow.
        if (!options.quick) await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
      }
  }
  console.log(options.json ? JSON.stringify(results) : report(results));
};

await main();
