/**
 * The pictures and tables of the documentation, made from the contracts' tables: `pnpm generate` writes them, and a test
 * fails when they are stale.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { failurePicture } from "./failure-picture.ts";
import { messagesPicture } from "./messages-picture.ts";
import { statePicture } from "./state-picture.ts";
import { withTables } from "./tables.ts";

const root = join(import.meta.dirname, "..", "..");
const textsWithTables = ["docs/architecture.md"];

/** Every picture: SVG by path below the root. The same tables make the same bytes everywhere. */
export async function pictures(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["docs/pictures/messages.svg", await messagesPicture()],
    ["docs/pictures/state.svg", statePicture()],
    ["docs/pictures/failure.svg", failurePicture("train-model")],
  ]);
}

/** All that is generated in the documentation: the pictures, and the texts with their tables made anew. */
export async function documentation(): Promise<ReadonlyMap<string, string>> {
  const texts = textsWithTables.map(async (path) => {
    const text = await readFile(join(root, path), "utf8");
    return [path, withTables(text)] as const;
  });
  return new Map([...(await pictures()), ...(await Promise.all(texts))]);
}
