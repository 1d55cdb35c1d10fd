import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../testing/inspect-large-file.ts", import.meta.url));

test("a file three times as large as the heap is inspected in memory that does not grow", async () => {
  const megabytes = 96;
  // A small nursery too: V8 lets it grow by 64 MB before it collects, whatever the limit of the heap.
  const heap = ["--max-old-space-size=32", "--max-semi-space-size=4"];
  const { stdout } = await promisify(execFile)(process.execPath, [...heap, program, `${megabytes}`]);
  const { bytes, rows, residentMemory } = JSON.parse(stdout);
  expect(bytes).toBeGreaterThan(megabytes * 1024 ** 2);
  expect(rows.train).toBeGreaterThan(rows.holdout);
  // Buffers lie outside the heap, so the heap's limit alone would not show a file that is kept.
  const [early, late] = [residentMemory.at(residentMemory.length >> 2), residentMemory.at(-1)];
  expect(late - early).toBeLessThan((megabytes / 4) * 1024 ** 2);
}, 120_000);
