import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { residentBytes } from "../../lib/process.ts";

const run = promisify(execFile);

/** Servers have one core to themselves, and whoever asks has another. */
export const [clientCore, serverCore] = ["0", "1"];

/** Has a process, with all of its threads, compute on one core. */
export const pin = async (pid: number, core: string): Promise<void> => {
  await run("taskset", ["--all-tasks", "--cpu-list", "--pid", core, String(pid)]);
};

/** A process and all that it has begun. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  );
  const children = lists.join(" ").split(" ").filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(children.map(familyOf))).flat()];
}

/** In seconds. */
async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

const sumOf = async (pid: number, of: (pid: number) => Promise<number>): Promise<number> =>
  (await Promise.all((await familyOf(pid)).map((one) => of(one).catch(() => 0)))).reduce((sum, one) => sum + one, 0);

/** The seconds of processor that a process and its children have used. */
export const cpuSeconds = (pid: number): Promise<number> => sumOf(pid, ticksOf);

/** What a process and its children hold in memory, in bytes. */
export const memoryOf = (pid: number): Promise<number> => sumOf(pid, residentBytes);
