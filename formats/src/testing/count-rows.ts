/**
 * Reads a file through and prints how many rows it has and what that took; run as a process of its own with a small heap.
 * Usage: node count-rows.ts <file>
 */
import { createReadStream } from "node:fs";
import { openRecords } from "../open-records.ts";

const [file = ""] = process.argv.slice(2);
const limits = { format: "any", maxBytes: 1_000_000_000, longestRecord: 1_000_000 } as const;
const started = process.memoryUsage.rss();
let [rows, most] = [0, started];
const { parts } = await openRecords(createReadStream(file), limits);
for await (const some of parts) {
  for (const part of some) if ("fields" in part) rows += 1;
  most = Math.max(most, process.memoryUsage.rss());
}
console.log(JSON.stringify({ rows, grown: most - started }));
