import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a test says that starts, changes or watches more than its own data. */
const signs =
  /\b(start|serve|open|spawn|exec|fork|listen|connect|run)[A-Z]?\w*\(|world|process\.|server|\bvi\.|\busing\b|child_process|import\.meta\.resolve/i;

/** Whole folders of such tests, whose servers are started by what they share. */
const folders = /(^|\/)(conformance|simulation|test)\//;

const folder = join(import.meta.dirname, "..");

/**
 * The tests that get a process each: those that start something, or change what a process has only one of, as its environment.
 * All others are plain data in, plain data out. They share a process, since to load what they need takes longer than to run them.
 */
export const alone: readonly string[] = globSync("**/*.test.ts", {
  cwd: folder,
  exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
}).filter((file) => folders.test(file) || signs.test(readFileSync(join(folder, file), "utf8")));
