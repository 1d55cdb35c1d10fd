import { execFile } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { rowReader } from "@ratchet/contracts";
import type { FileResult, Format } from "./results.ts";
import { type TableName, tables } from "./tables.ts";

const run = promisify(execFile);

/** A file to be taken in, and what is known of it. */
export interface File extends Omit<FileResult, "measured"> {
  readonly path: string;
  /** Where its schema stands, as the peers read it. */
  readonly task: string;
}

const program = (name: string): string => join(import.meta.dirname, name);

/** Writes a table as CSV, and the same rows as Parquet where there is a Python that can. */
export async function makeFiles(
  folder: string,
  table: TableName,
  size: number,
  python: string | undefined,
): Promise<readonly File[]> {
  const { definition } = tables[table];
  const { columns } = rowReader(definition);
  const { label, holdout } = definition.data;
  const task = join(folder, `${table}.json`);
  await writeFile(task, JSON.stringify({ columns, label, holdout }));
  const path = (format: Format): string => join(folder, `${table}.${format}`);
  const making = ["--disable-warning=ExperimentalWarning", program("make-file-process.ts")];
  const { stdout } = await run(process.execPath, [...making, table, String(size), path("csv")]);
  const { rows, bytes: csvBytes } = JSON.parse(stdout) as { readonly rows: number; readonly bytes: number };
  if (python) await run(python, [program("peers/to_parquet.py"), path("csv"), path("parquet")]);
  const made: readonly Format[] = python ? ["csv", "parquet"] : ["csv"];
  return Promise.all(
    made.map(async (format) => {
      const { size: bytes } = await stat(path(format));
      return { table, format, bytes, csvBytes, rows, columns: columns.length, path: path(format), task };
    }),
  );
}
