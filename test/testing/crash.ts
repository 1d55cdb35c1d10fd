import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceName } from "@ratchet/contracts";

const servicesFolder = join(import.meta.dirname, "../../services");

/** Where the processes of a machine can be read as files; elsewhere a test cannot tell one service's from another's. */
export const canCrashServices = process.platform === "linux";

/** The children of this process that run from a service's folder. */
async function processesOf(service: ServiceName): Promise<readonly number[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    processes.map(async (id) => {
      try {
        // pid (name) state parent …
        const [, parent] = (await readFile(`/proc/${id}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ");
        if (Number(parent) !== process.pid) return [];
        return (await readlink(`/proc/${id}/cwd`)) === join(servicesFolder, service) ? [Number(id)] : [];
      } catch {
        return []; // It ended while it was looked at.
      }
    }),
  );
  return found.flat();
}

/**
 * Kills the process of a service at once, as a crash would, and leaves it to App Service to start another.
 * @throws {Error} when it runs in no process of this one.
 */
export async function crash(service: ServiceName): Promise<void> {
  const processes = await processesOf(service);
  if (processes.length === 0) throw new Error(`${service} runs in no process of this one`);
  for (const id of processes) process.kill(id, "SIGKILL");
}
