import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ScoringLimits } from "../models/model.ts";

const run = promisify(execFile);

/** What a process has written to, or may, in bytes: V8 sets addresses aside that count though nothing is there. */
async function dataOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmData:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/**
 * Has the system hold a process to limits: memory beyond what it has by now is refused to it, and it ends when it computes on after
 * whoever asked is gone. Only Linux can be asked for both, by `prlimit` of util-linux.
 * @returns whether it is held to them.
 */
export async function limitProcess(pid: number, { memory, time }: ScoringLimits): Promise<boolean> {
  if (process.platform !== "linux") return false;
  try {
    const data = (await dataOf(pid)) + memory;
    // Rounded up: a process that is asked in time is ended by who asks.
    const seconds = Math.ceil(time / 1000) + 1;
    await run("prlimit", ["--pid", String(pid), `--data=${Math.round(data)}`, `--cpu=${seconds}`]);
    return true;
  } catch {
    return false;
  }
}
