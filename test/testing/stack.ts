import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLineOf } from "@ratchet/cli/command-line";
import { type RunningRatchet, startRatchet } from "@ratchet/cli/local";
import { createObserver, type Observer } from "@ratchet/cli/observe/observer";
import { createProgress } from "@ratchet/cli/progress";

/** The whole of Ratchet in a folder of its own, shared by the tests of one file. */
export interface Stack {
  readonly running: RunningRatchet;
  readonly observer: Observer;
  /** For the files that tests write. */
  readonly files: string;
  /** Every line that training jobs have written. */
  readonly jobOutput: readonly { readonly job: string; readonly line: string }[];
  /** Runs the command line in a process of its own and reads its JSON. */
  ratchet(...words: readonly string[]): Promise<unknown>;
  /** Stops everything and starts it again on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startStack(): Promise<Stack> {
  const root = await mkdtemp(join(tmpdir(), "ratchet-operations-"));
  const files = join(root, "files");
  const folder = join(root, "ratchet");
  await mkdir(files);
  const jobOutput: { job: string; line: string }[] = [];
  const start = () =>
    startRatchet({
      folder,
      progress: createProgress({ quiet: true }),
      onJobOutput: (job, line) => void jobOutput.push({ job, line }),
    });
  let running = await start();
  let observer = createObserver(running.deployment);
  return {
    get running() {
      return running;
    },
    get observer() {
      return observer;
    },
    files,
    jobOutput,
    ratchet: commandLineOf(folder),
    async restart() {
      await running.close();
      running = await start();
      observer = createObserver(running.deployment);
    },
    async close() {
      await running.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
