import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Results } from "./results.ts";

// Memory is read as a file, and taskset gives a process its core.
test.skipIf(process.platform !== "linux")(
  "small files are taken in, every row on one side, each with its time and memory",
  { timeout: 120_000 },
  async () => {
    const program = join(import.meta.dirname, "../ingest.ts");
    const words = ["--disable-warning=ExperimentalWarning", program, "--quick", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const { files, skipped } = JSON.parse(stdout) as Results;
    const hasPeers = skipped.length === 0;
    expect(files.map(({ table, format }) => `${table} ${format}`)).toEqual(
      hasPeers ? ["long csv", "long parquet", "wide csv", "wide parquet"] : ["long csv", "wide csv"],
    );
    for (const { rows, csvBytes, measured } of files) {
      expect(csvBytes).toBeGreaterThanOrEqual(2e6);
      expect(measured).toHaveLength(hasPeers ? 4 : 1);
      for (const taken of measured) {
        expect(taken.rows.train + taken.rows.holdout).toBe(rows);
        expect(taken.cpuSeconds).toBeGreaterThan(0);
        expect(taken.peakBytes).toBeGreaterThan(10e6);
      }
      expect(measured.find(({ tool }) => tool === "ratchet")?.digests).toHaveLength(2);
    }
  },
);
