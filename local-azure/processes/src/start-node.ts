import { type ChildProcess, type SerializationType, spawn } from "node:child_process";
import type { Writable } from "node:stream";

export interface NodeProcessOptions {
  /** The whole environment of the process. */
  readonly environment: NodeJS.ProcessEnv;
  /** This process's where absent. */
  readonly cwd?: string;
  /** How messages to and from it are written; JSON where absent. */
  readonly serialization?: SerializationType;
}

/**
 * Run before the program, in a process group of its own: the part in braces waits for the other end of descriptor 4 to
 * close, which happens when the parent ends in whatever way, `kill -9` too, and then kills the group. The program itself
 * may be in an endless loop, or stopped: nothing is asked of it. Descriptor 3 is the channel for messages.
 */
const guardScript = `{ trap '' HUP INT TERM; read -r _ <&4; kill -KILL -$$; } >/dev/null 2>&1 3<&- & exec 4<&-; exec "$0" "$@"`;

/**
 * Runs a Node program as a child with a channel for messages. It never outlives this process, and nothing that it has
 * started outlives it. The terminal's Ctrl-C does not reach it: when it ends is this process's to say.
 */
export function startNode(program: string, options: NodeProcessOptions): ChildProcess {
  const { environment, cwd, serialization = "json" } = options;
  const flags = ["--disable-warning=ExperimentalWarning"];
  const child = spawn("/bin/sh", ["-c", guardScript, process.execPath, ...flags, program], {
    ...(cwd === undefined ? {} : { cwd }),
    env: environment,
    detached: true,
    serialization,
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
  });
  const guard = child.stdio[4] as Writable;
  // It is there to be closed; that the other end is gone first is no error.
  guard.on("error", () => {});
  child.once("exit", () => guard.destroy());
  return child;
}
