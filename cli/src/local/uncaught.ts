import { exitCodes } from "../errors.ts";

/** An error that nobody caught: what this process knows can no longer be relied upon, so it has to end. */
class UncaughtError extends Error {
  override readonly name = "UncaughtError";
  readonly exitCode = exitCodes.failed;

  constructor(cause: unknown) {
    const what = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    super(`something went wrong that nobody was prepared for; please report it:\n${what}`, { cause });
  }
}

/**
 * From now on an exception or a rejection that nobody catches does not end the process by itself.
 * @returns resolves with the first.
 */
export function untilUncaught(): Promise<Error> {
  return new Promise((resolve) => process.on("uncaughtException", (cause) => resolve(new UncaughtError(cause))));
}
