import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { residentBytes } from "../../lib/process.ts";

/** Resident memory in bytes, by what a process is there for. */
export type Memory = Readonly<Record<string, number>>;

/** What a process of the stack is there for; undefined for shells, jobs and what helps them. */
function roleOf(id: number, root: number, command: string, folder: string): string | undefined {
  if (id === root) return "broker, Event Grid, Azure ML";
  if (command.includes("service-process")) return "storage";
  return basename(dirname(folder)) === "services" ? basename(folder) : undefined;
}

/** Memory now, of a process and those of its children that have a role. */
async function memoryOf(root: number): Promise<Memory> {
  const memory: Record<string, number> = {};
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const id of ids)
    try {
      // pid (name) state parent …
      const parent = Number((await readFile(`/proc/${id}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ")[1]);
      if (id !== root && parent !== root) continue;
      const [command, folder] = await Promise.all([
        readFile(`/proc/${id}/cmdline`, "utf8"),
        readlink(`/proc/${id}/cwd`),
      ]);
      const role = roleOf(id, root, command, folder);
      if (role !== undefined) memory[role] = (memory[role] ?? 0) + (await residentBytes(id));
    } catch {
      // It ended while it was looked at.
    }
  return memory;
}

/** Looks at the memory of a stack again and again. */
export interface MemoryWatch {
  /** The most that each had since the watch began, or was last asked. */
  takePeak(): Memory;
  now(): Promise<Memory>;
  stop(): void;
}

const intervalMs = 500;

export function watchMemory(root: number): MemoryWatch {
  let peak: Record<string, number> = {};
  const look = async (): Promise<Memory> => {
    const memory = await memoryOf(root);
    for (const [role, bytes] of Object.entries(memory)) peak[role] = Math.max(peak[role] ?? 0, bytes);
    return memory;
  };
  const timer = setInterval(() => void look(), intervalMs);
  return {
    takePeak() {
      const taken = peak;
      peak = {};
      return taken;
    },
    now: look,
    stop: () => clearInterval(timer),
  };
}
