/**
 * Inspects a generated file of digits and prints what it took; run as a process of its own with a small heap.
 * Usage: node inspect-large-file.ts <megabytes>
 */
import { parseDefinition } from "@ratchet/contracts";
import { inspectFile } from "../check/inspect-file.ts";

const definition = parseDefinition(`
model: digits
task: classification
data:
  label: label
  schema: [{ name: "pixel[0..783]", type: integer, min: 0, max: 255 }, { name: label, type: integer, min: 0, max: 9 }]
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.5 } } }
deploy: { app: inference-digits }
`);

const bytes = Number(process.argv[2]) * 1024 ** 2;
const residentMemory: number[] = [];

async function* digits(): AsyncGenerator<Buffer> {
  yield Buffer.from(`${Array.from({ length: 784 }, (_, index) => `pixel${index}`).join(",")},label\n`);
  for (let written = 0, number = 0; written < bytes; number += 1) {
    const pixels = Array.from({ length: 784 }, (_, index) =>
      index === number % 784 ? 255 : index % 5 ? 0 : index % 256,
    );
    const rows = Buffer.from(`${pixels.join(",")},${number % 10}\n`.repeat(30));
    written += rows.length;
    if (number % 50 === 0) residentMemory.push(process.memoryUsage.rss());
    yield rows;
  }
}

const started = performance.now();
const inspection = await inspectFile(digits(), definition);
const milliseconds = performance.now() - started;
console.log(JSON.stringify({ ...inspection, milliseconds, residentMemory }));
