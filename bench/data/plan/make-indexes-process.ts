/** Writes the indexes of many batches into a folder. Usage: make-indexes-process.ts <folder> <rows> <batches> */
import { type FileHandle, open } from "node:fs/promises";
import { rowIndexWriter } from "@ratchet/datasets/index/write-row-index";
import { indexFile } from "./index-files.ts";
import { holdout, syntheticRow } from "./synthetic-rows.ts";

const [folder = ".", rows = 0, batches = 1] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

/** Writes the index of the rows from one to before another. */
async function writeIndex(file: FileHandle, from: number, to: number): Promise<void> {
  const writer = rowIndexWriter();
  for (let row = from; row < to; row += 1) {
    const identity = syntheticRow(row);
    const segment = writer.add(identity, identity.place < holdout);
    if (segment) await file.write(segment);
  }
  const last = writer.end();
  if (last) await file.write(last);
}

const beginning = (batch: number): number => Math.floor((rows * batch) / batches);

const started = performance.now();
for (let batch = 0; batch < batches; batch += 1) {
  const file = await open(indexFile(folder, batch), "w");
  await writeIndex(file, beginning(batch), beginning(batch + 1));
  await file.close();
}
process.send?.({ seconds: (performance.now() - started) / 1000 });
process.disconnect?.();
