import { execFileSync } from "node:child_process";
import { vi } from "vitest";

interface ChildProcess {
  readonly id: number;
  readonly command: string;
}

/** What runs as a child of a process. One that was killed and that nobody has waited for yet does not. */
export function childrenOf(parent: number): readonly ChildProcess[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const [, id, parentId, state, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return Number(parentId) === parent && !state?.startsWith("Z") ? [{ id: Number(id), command }] : [];
    });
}

/** Kills the child of this process that runs a program of this name, as a crash would. */
export async function killChild(program: string): Promise<void> {
  const child = await vi.waitUntil(() => childrenOf(process.pid).find(({ command }) => command.includes(program)), {
    timeout: 10_000,
  });
  process.kill(child.id, "SIGKILL");
}

export const storageProgram = "storage/src/service-process.ts";
export const appProgram = "functions-host/src/child.ts";

/** Whether a process of this id runs. */
export function lives(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
