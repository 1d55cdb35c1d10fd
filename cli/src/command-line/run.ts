import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const main = join(import.meta.dirname, "../main.ts");

/** What a run of the command line left behind. */
export interface CommandLineRun {
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
  /** What it wrote to standard output. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly errors: string;
}

interface CommandLineOptions {
  /** Where it is typed; this process's folder where absent. */
  readonly cwd?: string;
  /** This process's where absent. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs `ratchet` in a process of its own, as an operator does, to its end. */
export async function runCommandLine(
  words: readonly string[],
  { cwd, environment }: CommandLineOptions = {},
): Promise<CommandLineRun> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    ...(environment === undefined ? {} : { env: environment }),
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, output, errors };
}

/** @throws {Error} when the run printed no JSON; it has what it said instead. */
export function jsonOf({ code, output, errors }: CommandLineRun): unknown {
  try {
    return JSON.parse(output);
  } catch {
    throw new Error(`ratchet printed no JSON and exited with ${code}; it said:\n${errors}`);
  }
}

/**
 * The command line of a local deployment: each call runs it with `--json` and reads what it prints.
 * @throws {Error} when it exits with anything but 0; it has what it said.
 */
export const commandLineOf =
  (folder: string) =>
  async (...words: readonly string[]): Promise<unknown> => {
    const run = await runCommandLine(["--folder", folder, ...words, "--json"]);
    if (run.code !== 0) throw new Error(`ratchet ${words.join(" ")} exited with ${run.code}; it said:\n${run.errors}`);
    return jsonOf(run);
  };
