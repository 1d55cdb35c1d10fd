/**
 * Writes JSON Schemas and the AsyncAPI document, and publishes what is new. Nothing is published that would break what was.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { generatedFiles } from "./generate/files.ts";
import {
  faultsOf,
  goldenFolder,
  newVersion,
  orphans,
  rewritten,
  sumsFile,
  sumsOf,
  versionsOf,
} from "./generate/history.ts";
import { published } from "./generate/published.ts";

const root = join(import.meta.dirname, "..");

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** A change would break who reads what was published, or who keeps to it. Nothing has been written. */
export class BreakingChangeError extends Error {
  override readonly name = "BreakingChangeError";
}

/**
 * Writes all that is generated from the contracts.
 * @returns the paths below `contracts/` of what was published anew.
 * @throws {BreakingChangeError} when a message or document of before would be refused, or a golden file was rewritten.
 */
export async function generate(): Promise<readonly string[]> {
  const faults = [
    ...rewritten(),
    ...orphans(published),
    ...published.flatMap((subject) => faultsOf(subject, versionsOf(subject))),
  ];
  if (faults.length > 0) throw new BreakingChangeError(faults.join("\n"));
  for (const [path, text] of generatedFiles(packageJson.version)) await write(join(root, path), text);
  const added = published.flatMap((subject) => [...newVersion(subject, versionsOf(subject))]);
  for (const [path, text] of added) await write(join(goldenFolder, path), text);
  await write(join(goldenFolder, sumsFile), sumsOf());
  return added.map(([path]) => `golden/${path}`);
}
