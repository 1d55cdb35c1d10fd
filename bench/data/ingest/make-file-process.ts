/** Writes a table as CSV until it has so many bytes. Usage: make-file-process.ts <table> <bytes> <file> */
import { open } from "node:fs/promises";
import { rowReader } from "@ratchet/contracts";
import { type TableName, tables } from "./tables.ts";

const seed = 20_261_127;
const writeBytes = 1024 ** 2;

const [name, size, path = ""] = process.argv.slice(2);
const table = tables[name as TableName];
const file = await open(path, "w");
let text = `${rowReader(table.definition)
  .columns.map((column) => column.name)
  .join(",")}\n`;
let bytes = 0;
let rows = 0;
for (const row of table.rows(seed)) {
  text += `${row}\n`;
  rows += 1;
  if (text.length < writeBytes && bytes + text.length < Number(size)) continue;
  // All of it is ASCII.
  bytes += (await file.write(text)).bytesWritten;
  text = "";
  if (bytes >= Number(size)) break;
}
await file.close();
console.log(JSON.stringify({ rows, bytes }));
