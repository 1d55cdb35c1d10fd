import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, statfs } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type File, makeFiles } from "./files.ts";
import { type FileResult, type Format, type Measured, type Taken, type Tool, tools } from "./results.ts";
import type { TableName } from "./tables.ts";

const run = promisify(execFile);

interface MeasureOptions {
  readonly table: TableName;
  /** In bytes, as CSV. */
  readonly size: number;
  readonly formats: readonly Format[];
  readonly rounds: number;
  /** Undefined where there are no peers. */
  readonly python: string | undefined;
  readonly progress: (text: string) => void;
}

const program = (name: string): string => join(import.meta.dirname, name);

/** The command by which a tool takes a file in. */
function commandOf(tool: Tool, { path, table, task }: File, folder: string, python: string): readonly string[] {
  const peer = (name: string, ...more: readonly string[]) => [
    python,
    program(`peers/${name}`),
    task,
    path,
    folder,
    ...more,
  ];
  const oneCore = ["taskset", "-c", "0"];
  switch (tool) {
    case "ratchet":
      return [
        ...oneCore,
        process.execPath,
        "--disable-warning=ExperimentalWarning",
        program("ratchet-process.ts"),
        table,
        path,
        folder,
      ];
    case "pandas":
      return [...oneCore, ...peer("pandas_ingest.py")];
    case "duckdb":
      return [...oneCore, ...peer("duckdb_ingest.py", "1")];
    case "duckdb on all cores":
      return peer("duckdb_ingest.py", String(availableParallelism()));
  }
}

async function takeIn(tool: Tool, file: File, folder: string, python: string): Promise<Taken> {
  await mkdir(folder);
  try {
    const [command = "", ...words] = commandOf(tool, file, folder, python);
    const { stdout } = await run(command, words);
    return JSON.parse(stdout) as Taken;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each tool has hashes of its own, so that it is known of the shares alone what they must be. */
function check(tool: Tool, { rows: all, table, format }: File, { rows: { train, holdout } }: Taken): void {
  const share = holdout / all;
  // Five deviations of a share of one row in five.
  const wrong = train + holdout !== all || Math.abs(share - 0.2) > (5 * 0.4) / Math.sqrt(all);
  if (wrong) throw new Error(`${tool}, ${table} ${format}: ${train} and ${holdout} of ${all} rows`);
}

function medianRound(tool: Tool, rounds: readonly Taken[]): Measured {
  const middle = rounds.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[rounds.length >> 1];
  if (!middle) throw new Error("there was no round");
  return { tool, ...middle, peakBytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)), rounds: rounds.length };
}

async function measureFile(
  file: File,
  folder: string,
  { rounds, python, progress }: MeasureOptions,
): Promise<FileResult> {
  const there = python ? tools : tools.slice(0, 1);
  const taken = new Map<Tool, Taken[]>(there.map((tool) => [tool, []]));
  // Tools take turns, so that what else the machine does troubles all of them.
  for (let round = 0; round < rounds; round += 1)
    for (const [tool, all] of taken) {
      const one = await takeIn(tool, file, join(folder, "out"), python ?? "");
      check(tool, file, one);
      progress(
        `${file.table} ${file.format}, ${tool}: ${one.seconds.toFixed(1)} s, ${one.cpuSeconds.toFixed(1)} s of CPU, ${Math.round(one.peakBytes / 1024 ** 2)} MB at most`,
      );
      all.push(one);
    }
  const { path: _, task: __, ...known } = file;
  return { ...known, measured: [...taken].map(([tool, all]) => medianRound(tool, all)) };
}

/** The files hold the same rows: what is written of them must be the same bytes, whatever they were. */
function checkSame(files: readonly FileResult[]): void {
  const digests = files.map(({ measured }) => measured.find(({ tool }) => tool === "ratchet")?.digests?.join(" "));
  if (new Set(digests).size > 1) throw new Error(`the rows of ${files[0]?.table} differ by the format they came in`);
}

/** Makes files of one table, has each taken in by all tools in turns, and takes them away again. */
export async function measureTable(options: MeasureOptions): Promise<readonly FileResult[]> {
  const { table, size, python, progress } = options;
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize < 4 * size)
    throw new Error(`${tmpdir()} has ${bavail * bsize} bytes free, and ${4 * size} are needed`);
  const folder = await mkdtemp(join(tmpdir(), "ratchet-ingest-"));
  try {
    const files = await makeFiles(folder, table, size, python);
    progress(
      `${table}: ${files[0]?.rows} rows written, ${files.map(({ format, bytes }) => `${format} ${bytes}`).join(", ")}`,
    );
    const results: FileResult[] = [];
    for (const file of files)
      if (options.formats.includes(file.format)) results.push(await measureFile(file, folder, options));
    checkSame(results);
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
