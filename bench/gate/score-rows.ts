/** Scores so many rows with two models, each in a process of its own, and prints the most memory that this one took, in bytes. */
import { readFile } from "node:fs/promises";
import { openInProcess, type RowBlock, scoreModels } from "@ratchet/scoring";

const shape = { task: "classification", features: 1, classes: ["below", "above"] } as const;
const open = openInProcess({ file: new URL(import.meta.resolve("@ratchet/scoring/process")) });
const modelOf = async (name: string) => {
  const onnx = await readFile(new URL(`../../services/evaluator/fixtures/${name}.onnx`, import.meta.url));
  return open(onnx, shape, { memory: 2 ** 30, time: 3_600_000 });
};

const atOnce = 1_024;

async function* blocks(rows: number): AsyncGenerator<RowBlock> {
  for (let from = 0; from < rows; from += atOnce) {
    const count = Math.min(atOnce, rows - from);
    const features = Float32Array.from({ length: count }, (_, row) => ((from + row) % 2_001) / 1_000 - 1);
    const labels = Float64Array.from(features, (value) => (value > 0 ? 1 : 0));
    const texts = Array.from(features, (value) => [String(value), value > 0 ? "above" : "below"]);
    yield { count, features, labels, texts: [], rows: texts };
  }
}

const [challenger, champion] = [await modelOf("good"), await modelOf("fair")];
const wanted = { golden: 10, sliceColumns: [], eachClass: false };
await scoreModels(blocks(Number(process.argv[2])), { challenger, champion }, shape, wanted);
console.log(process.resourceUsage().maxRSS * 1024);
await Promise.all([challenger.release(), champion.release()]);
