import { rowReader } from "@ratchet/contracts";
import { fileRows } from "@ratchet/formats";
import { compare, mergeProfiles, profileRows, usualPolicy } from "@ratchet/suspicion";
import { profileOf, type Table } from "@ratchet/suspicion/testing";
import { median } from "../../lib/statistics.ts";
import type { Cost } from "./results.ts";

/** The rows as a CSV file, in pieces as they would come. */
async function* csvOf({ definition, rows }: Table): AsyncGenerator<Buffer> {
  const names = rowReader(definition).columns.map(({ name }) => name);
  for (let at = 0; at < rows.length; at += 100) {
    const some = at === 0 ? [names, ...rows.slice(at, at + 100)] : rows.slice(at, at + 100);
    yield Buffer.from(`${some.map((row) => row.join(",")).join("\n")}\n`);
  }
}

async function secondsOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** The median of some rounds, after one that warms up. */
async function medianSeconds(rounds: number, work: () => unknown): Promise<number> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await secondsOf(work));
  return median(times);
}

/** What suspicion costs for each row, beside reading it at all. */
export async function measureCost(table: Table, rounds: number): Promise<Cost> {
  const { rows, definition } = table;
  const chunks = await Array.fromAsync(csvOf(table));
  async function read(): Promise<void> {
    let count = 0;
    for await (const some of fileRows(fromChunks(chunks), definition)) count += some.length;
    if (count !== rows.length) throw new Error(`${count} rows were read, and ${rows.length} written`);
  }
  const half = Math.floor(rows.length / 2);
  const [before, batch] = [profileOf(table, rows.slice(0, half)), profileOf(table, rows.slice(half))];
  const microseconds = async (work: () => unknown): Promise<number> =>
    ((await medianSeconds(rounds, work)) * 1e6) / rows.length;
  return {
    table: table.name,
    columns: rowReader(definition).columns.length,
    rows: rows.length,
    reading: await microseconds(read),
    profiling: await microseconds(() => {
      const profiling = profileRows(definition);
      for (const row of rows) profiling.add(row);
      return profiling.end();
    }),
    comparing: (await medianSeconds(rounds, () => compare({ batch, before }, definition, usualPolicy))) * 1000,
    merging: (await medianSeconds(rounds, () => mergeProfiles(before, batch))) * 1000,
    bytes: JSON.stringify(before).length,
  };
}

async function* fromChunks(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
