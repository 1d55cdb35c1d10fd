import { type RunningConsole, serveConsole } from "../console/serve.ts";
import { setUp } from "../local/set-up.ts";
import { untilStopped } from "../local/until-stopped.ts";
import { createProgress } from "../progress.ts";
import { type PlayedDemo, playDemo } from "./play.ts";

interface DemoOptions {
  /** Whether to look for Python and build the services first. */
  readonly setUp: boolean;
  /** Whether to leave everything running at the end, until it is asked to stop. */
  readonly keep: boolean;
  /** Told when the story has been played and everything still runs. */
  readonly onPlayed: (demo: Pick<PlayedDemo, "summary" | "addresses" | "folder">) => void;
}

/** Plays the story on a local Azure of its own and stops everything, with progress on standard error. */
export async function runDemo({ setUp: wanted, keep, onPlayed }: DemoOptions): Promise<void> {
  if (wanted) await setUp();
  const progress = createProgress();
  const demo = await playDemo(progress);
  let console: RunningConsole | undefined;
  try {
    if (keep) console = await serveConsole(demo.deployment);
    onPlayed({ ...demo, addresses: { ...demo.addresses, ...(console ? { console: console.address } : {}) } });
    if (keep) await untilStopped(demo.failure);
  } finally {
    progress.doing("stopping");
    await console?.close();
    await demo.close();
    if (demo.keptLogs) progress.failed(`what the services and trainings wrote is kept in ${demo.keptLogs}`);
    progress.close();
  }
}
