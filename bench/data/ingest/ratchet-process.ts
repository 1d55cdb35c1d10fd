/**
 * Takes a file in as the data-watcher does at its door: reads it through against the schema, with its digest, and then again
 * to write its two files. Storage is a folder here. Usage: ratchet-process.ts <table> <file> <folder>
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { paths, rowReader } from "@ratchet/contracts";
import { writeBatch } from "@ratchet/data-watcher/drop/write-batch";
import { fileRows, inspectFile } from "@ratchet/formats";
import type { Blobs } from "@ratchet/state";
import { type TableName, tables } from "./tables.ts";

const [name, file = "", folder = ""] = process.argv.slice(2);
const { definition } = tables[name as TableName];
const batch = "0".repeat(16);
const files = [paths.batchTrain(definition.model, batch), paths.batchHoldout(definition.model, batch)];

const writer: Blobs["writer"] = (path) => {
  const stream = createWriteStream(join(folder, path));
  return {
    async write(content) {
      if (!stream.write(content)) await once(stream, "drain");
    },
    async close() {
      stream.end();
      await once(stream, "close");
    },
    async abandon() {
      stream.destroy();
    },
  };
};

/** The most memory that the process had, in bytes: of this program alone, not of what started it. */
async function peakBytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1]) * 1024;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(join(folder, path))) hash.update(chunk);
  return hash.digest("hex");
}

await mkdir(join(folder, dirname(files[0] ?? "")), { recursive: true });
const cpuBefore = process.cpuUsage();
const started = performance.now();
const { rows } = await inspectFile(createReadStream(file), definition, file);
const checked = performance.now();
const rowsOfFile = fileRows(createReadStream(file), definition);
// What profiling rows adds is measured by data/suspicion.ts: no peer does it.
await writeBatch({ writer }, definition.model, batch, rowReader(definition).columns, rowsOfFile, () => undefined);
const written = performance.now();
const { user, system } = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    rows,
    checkSeconds: (checked - started) / 1000,
    seconds: (written - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: await peakBytes(),
    digests: await Promise.all(files.map(digestOf)),
  }),
);
