import { type ChildProcess, type SerializationType, spawn } from "node:child_process";

export interface NodeProcessOptions {
  /** The whole environment of the process. */
  readonly environment: NodeJS.ProcessEnv;
  /** This process's where absent. */
  readonly cwd?: string;
  /** How messages to and from it are written; JSON where absent. */
  readonly serialization?: SerializationType;
}

/**
 * Runs a Node program as a child with a channel for messages. It never outlives this process, and nothing that it has
 * started outlives it. The terminal's Ctrl-C does not reach it: when it ends is this process's to say.
 */
export function startNode(program: string, options: NodeProcessOptions): ChildProcess {
  const { environment, cwd, serialization = "json" } = options;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    ...(cwd === undefined ? {} : { cwd }),
    env: environment,
    // In a process group of its own, whose number is the child's.
    detached: true,
    serialization,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const { pid } = child;
  if (pid === undefined) return child;
  const letGo = guard(pid);
  child.once("exit", () => {
    killGroup(pid);
    letGo();
  });
  return child;
}

/**
 * Waits for the other end of its input to close, which happens when this process ends in whatever way, `kill -9` too, and
 * then kills the group. Nothing is asked of the child, which may be in an endless loop, or stopped.
 */
const guardScript = `trap '' HUP INT TERM; read -r _; kill -KILL -"$0"`;

function guard(group: number): () => void {
  const shell = spawn("/bin/sh", ["-c", guardScript, String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Where there is no shell the child still sees that its channel for messages closes.
  shell.on("error", () => {});
  shell.unref();
  return () => {
    shell.kill("SIGKILL");
    shell.stdin?.destroy();
  };
}

/** What the child had started, and left behind. */
function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // Nobody is left of it.
  }
}
