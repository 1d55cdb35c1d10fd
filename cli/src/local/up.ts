import { type RunningConsole, serveConsole } from "../console/serve.ts";
import { createProgress, type Progress } from "../progress.ts";
import { setUp } from "./set-up.ts";
import { type RunningRatchet, startRatchet } from "./start.ts";
import { untilUncaught } from "./uncaught.ts";
import { untilStopped } from "./until-stopped.ts";

interface UpOptions {
  /** Where state, logs and addresses are kept. */
  readonly folder: string;
  /** Whether to look for Python and build the services first. */
  readonly setUp: boolean;
  readonly onReady: (ratchet: Pick<RunningRatchet, "addresses" | "folder">) => void;
}

/** How long all may take to close; a training gets ten seconds of it. What has not ended by then ends with this process. */
const closingMs = 30_000;
/** How long this process may go on after that, should something have been left open in it. */
const leavingMs = 1_000;

/**
 * Runs Ratchet on this machine until it is asked to stop, with progress on standard error. Servers that end are started
 * again; when one cannot be kept up, or an error was caught by nobody, everything is closed and the reason thrown.
 */
export async function runUntilStopped({ folder, setUp: wanted, onReady }: UpOptions): Promise<void> {
  if (wanted) await setUp();
  const progress = createProgress();
  const uncaught = untilUncaught();
  const onJobOutput = (job: string, line: string) => progress.doing(`${job}: ${line}`);
  let ratchet: RunningRatchet | undefined;
  let console: RunningConsole | undefined;
  try {
    ratchet = await Promise.race([startRatchet({ folder, progress, onJobOutput }), thrown(uncaught)]);
    console = await serveConsole(ratchet.deployment);
    progress.done("ready");
    onReady({ folder: ratchet.folder, addresses: { ...ratchet.addresses, console: console.address } });
    await untilStopped(Promise.race([ratchet.failure, uncaught]));
  } finally {
    await close([console, ratchet], progress);
    setTimeout(() => process.exit(), leavingMs).unref();
  }
}

async function thrown(failure: Promise<Error>): Promise<never> {
  throw await failure;
}

/** Closes what there is, for as long as that may take. Why it was closed matters more than what went wrong on the way. */
async function close(open: readonly (Pick<RunningRatchet, "close"> | undefined)[], progress: Progress): Promise<void> {
  progress.doing("stopping");
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, closingMs);
  try {
    const inTurn = async () => {
      for (const one of open) await one?.close();
    };
    await Promise.race([inTurn(), late.promise]);
  } catch (error) {
    progress.failed(`not everything stopped as it should: ${error instanceof Error ? error.message : error}`);
  } finally {
    clearTimeout(timer);
    progress.close();
  }
}
