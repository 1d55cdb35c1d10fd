import { type CommandEnd, type CommandOptions, runCommand } from "./process.ts";

/** The first of several processes that did not end well. */
export interface FailedProcess {
  /** Its place in the list. */
  readonly index: number;
  readonly end: CommandEnd;
}

/**
 * Runs commands side by side to their ends. When one fails, the others are stopped as by the signal: they would wait for
 * it for ever. Nothing of any is left when it resolves.
 * @returns the one that failed first; undefined where all ended well.
 */
export async function runTogether(
  commands: readonly Omit<CommandOptions, "signal">[],
  signal: AbortSignal,
): Promise<FailedProcess | undefined> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  let failed: FailedProcess | undefined;
  const run = async (command: Omit<CommandOptions, "signal">, index: number) => {
    try {
      const end = await runCommand({ ...command, signal: either });
      if (end.exitCode === 0) return;
      failed ??= { index, end };
    } catch (error) {
      failure.abort("one of them could not be run");
      throw error;
    }
    failure.abort("one of them failed");
  };
  const ended = await Promise.allSettled(commands.map(run));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
  return failed;
}
