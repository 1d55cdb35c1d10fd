import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface CommandOptions {
  readonly command: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Aborted, it ends the command: SIGTERM to its whole process group, SIGKILL after the grace. */
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly onLine: (line: string, stream: "stdout" | "stderr") => void;
}

export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long output is still read after the process ended, should somebody outside its group hold it open. */
const drainMs = 2_000;

/**
 * Run in the command's own process group, before the command: it waits for the other end of descriptor 3 to close,
 * which happens when this process dies in whatever way, and then kills the group. No job outlives the workspace.
 */
const guardScript = `{ trap '' TERM INT; read -r _ <&3; kill -KILL -$$; } >/dev/null 2>&1 & exec 3<&-; exec "$0" -c "$1"`;

/** Runs a command by the shell in a process group of its own; nothing of the group is left when it resolves. */
export async function runCommand(options: CommandOptions): Promise<CommandEnd> {
  const { command, folder, environment, signal, graceMs, onLine } = options;
  signal.throwIfAborted();
  const shell = existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
  const child = spawn("/bin/sh", ["-c", guardScript, shell, command], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const kill = (with_: NodeJS.Signals) => killGroup(child.pid, with_);
  let forced: NodeJS.Timeout | undefined;
  const stop = () => {
    kill("SIGTERM");
    forced = setTimeout(() => kill("SIGKILL"), graceMs);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const output = Promise.all([
      eachLine(child.stdout as Readable, (line) => onLine(line, "stdout")),
      eachLine(child.stderr as Readable, (line) => onLine(line, "stderr")),
    ]);
    const [exitCode, endSignal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    kill("SIGKILL");
    const drained = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, drainMs);
    await output;
    clearTimeout(drained);
    return { exitCode, signal: endSignal };
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(forced);
    child.stdio[3]?.destroy();
  }
}

async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", onLine);
  // A destroyed stream does not end, and would leave its reader open.
  stream.once("close", () => lines.close());
  await once(lines, "close");
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
