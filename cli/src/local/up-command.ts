import { createOutput, table } from "../output.ts";
import { createProgress } from "../progress.ts";
import { setUp } from "./set-up.ts";
import { startRatchet } from "./start.ts";
import { untilStopped } from "./until-stopped.ts";

/** Runs Ratchet on this machine until it is asked to stop. */
export async function upCommand(options: { readonly folder: string; readonly setUp: boolean }): Promise<void> {
  if (options.setUp) await setUp();
  const progress = createProgress();
  const onJobOutput = (job: string, line: string) => progress.doing(`${job}: ${line}`);
  const ratchet = await startRatchet({ folder: options.folder, progress, onJobOutput });
  try {
    progress.done("ready");
    const addresses = table(["part", "address"], Object.entries(ratchet.addresses));
    createOutput(false).note(
      `\n${addresses}\n\nnext, in another terminal: ratchet apply <folder>. Ctrl-C stops everything; ${ratchet.folder} keeps the state.`,
    );
    await untilStopped();
  } finally {
    progress.doing("stopping");
    await ratchet.close();
    progress.close();
  }
}
