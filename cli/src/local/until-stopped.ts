/**
 * Waits for Ctrl-C or SIGTERM.
 * @param failure resolves when there is nothing left to wait with; it is thrown then.
 */
export function untilStopped(failure: Promise<Error>): Promise<void> {
  return new Promise((resolve, reject) => {
    const keepAlive = setInterval(() => undefined, 60_000);
    const letGo = () => {
      clearInterval(keepAlive);
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    };
    const stop = () => {
      letGo();
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    void failure.then((error) => {
      letGo();
      reject(error);
    });
  });
}

/** Exit code of a program that Ctrl-C ended, as shells have it. */
const interrupted = 130;

/**
 * Cleans up when Ctrl-C or SIGTERM comes in the middle of the work, then ends the process.
 * @returns lets go of the signals again.
 */
export function onInterrupt(cleanUp: () => Promise<unknown>): () => void {
  const stop = () => {
    cleanUp().then(
      () => process.exit(interrupted),
      () => process.exit(interrupted),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
}
