import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Runs a short program of the machine to its end and gives back what it printed.
 * @throws {Error} when it is not there, or ends with anything but 0; it has what it said.
 */
export async function run(program: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, words, { timeout: 60_000, maxBuffer: 64 * 1024 ** 2 });
  return stdout;
}

/** Whether a program can be run here to a good end. */
export async function works(program: string, ...words: readonly string[]): Promise<boolean> {
  try {
    await run(program, ...words);
    return true;
  } catch {
    return false;
  }
}
