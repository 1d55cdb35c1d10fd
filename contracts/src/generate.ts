/** Writes JSON Schemas, the AsyncAPI document and golden samples: `pnpm generate`. A test fails when they are stale. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { generatedFiles } from "./generate/files.ts";

const root = join(import.meta.dirname, "..");
const files = generatedFiles(packageJson.version);
for (const [path, text] of files) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
console.log(`wrote ${files.size} files below contracts/generated and contracts/golden`);
