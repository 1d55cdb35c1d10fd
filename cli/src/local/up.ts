import { createProgress } from "../progress.ts";
import { setUp } from "./set-up.ts";
import { type RunningRatchet, startRatchet } from "./start.ts";
import { untilStopped } from "./until-stopped.ts";

interface UpOptions {
  /** Where state, logs and addresses are kept. */
  readonly folder: string;
  /** Whether to look for Python and build the services first. */
  readonly setUp: boolean;
  readonly onReady: (ratchet: Pick<RunningRatchet, "addresses" | "folder">) => void;
}

/** Runs Ratchet on this machine until it is asked to stop, with progress on standard error. */
export async function runUntilStopped({ folder, setUp: wanted, onReady }: UpOptions): Promise<void> {
  if (wanted) await setUp();
  const progress = createProgress();
  const onJobOutput = (job: string, line: string) => progress.doing(`${job}: ${line}`);
  const ratchet = await startRatchet({ folder, progress, onJobOutput });
  try {
    progress.done("ready");
    onReady(ratchet);
    await untilStopped();
  } finally {
    progress.doing("stopping");
    await ratchet.close();
    progress.close();
  }
}
