import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { recordBytes, recordsPerSegment } from "@ratchet/datasets/index/row-record";
import type { PlannedIndex } from "@ratchet/datasets/plan/planned-batches";

/** About what a request to storage brings: whole records of 64 KB. */
const chunkBytes = Math.floor((64 * 1024) / recordBytes) * recordBytes;

export const indexFile = (folder: string, batch: number): string =>
  join(folder, `${String(batch).padStart(6, "0")}.index`);

async function* readFileBytes(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    for (let at = from; at < to; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(Math.min(chunkBytes, to - at)), 0, null, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** The indexes in a folder, one for each batch, in the order of admission. */
export async function indexesIn(folder: string): Promise<readonly PlannedIndex[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".index")).sort();
  return Promise.all(
    names.map(async (name, order): Promise<PlannedIndex> => {
      const path = join(folder, name);
      return {
        name,
        batches: [{ rows: (await stat(path)).size / recordBytes, active: true, order }],
        sortedRecords: recordsPerSegment,
        read: (from, to) => readFileBytes(path, from, to),
      };
    }),
  );
}
