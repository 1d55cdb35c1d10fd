/**
 * Works once on the indexes in a folder, so that the memory measured is that of this work alone.
 * Usage: measure-process.ts <folder> <work>
 */
import { mergeRowIndexes } from "@ratchet/datasets/index/merge-row-indexes";
import { recordBytes } from "@ratchet/datasets/index/row-record";
import { planDataset } from "@ratchet/datasets/plan/plan-dataset";
import type { PlannedIndex } from "@ratchet/datasets/plan/planned-batches";
import { indexesIn } from "./index-files.ts";
import type { Work, Worked } from "./results.ts";
import { holdout } from "./synthetic-rows.ts";

type Done = Pick<Worked, "records" | "counts">;

const recordsOf = (indexes: readonly PlannedIndex[]): number =>
  indexes.reduce((sum, { batches }) => sum + batches.reduce((rows, batch) => rows + batch.rows, 0), 0);

async function plan(indexes: readonly PlannedIndex[], by: "hash" | "time"): Promise<Done> {
  const { counts } = await planDataset(indexes, { by, counts: "first", holdout });
  return { records: recordsOf(indexes), counts };
}

/** Records by the bytes that come; nothing is done with them. */
async function countRecords(chunks: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes / recordBytes;
}

const works: Readonly<Record<Work, (indexes: readonly PlannedIndex[]) => Promise<Done>>> = {
  async read(indexes) {
    let records = 0;
    for (const index of indexes) records += await countRecords(index.read(0, recordsOf([index]) * recordBytes));
    return { records };
  },
  "plan by hash": (indexes) => plan(indexes, "hash"),
  "plan by time": (indexes) => plan(indexes, "time"),
  async merge(indexes) {
    return { records: await countRecords(mergeRowIndexes(indexes)) };
  },
};

const indexes = await indexesIn(process.argv[2] ?? ".");
const atRest = process.memoryUsage.rss();
const started = performance.now();
const cpuBefore = process.cpuUsage();
const done = await works[process.argv[3] as Work](indexes);
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const worked: Worked = {
  ...done,
  seconds,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  bytesAtRest: atRest,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.send?.(worked);
process.disconnect?.();
