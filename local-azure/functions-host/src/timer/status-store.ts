import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a timer stands; ISO 8601 dates, as the handler sees them. */
export interface TimerStatus {
  readonly last: string;
  readonly next: string;
  readonly lastUpdated: string;
}

export interface TimerStatusStore {
  read(functionName: string): Promise<TimerStatus | undefined>;
  write(functionName: string, status: TimerStatus): Promise<void>;
  /** Whether this process may run the occurrence: of all processes that share the store, one gets true. */
  claim(functionName: string, occurrence: Date): Promise<boolean>;
}

/** A store for one process: schedules start anew with it. */
export function memoryStatusStore(): TimerStatusStore {
  const statuses = new Map<string, TimerStatus>();
  return {
    read: async (name) => statuses.get(name),
    write: async (name, status) => void statuses.set(name, status),
    claim: async () => true,
  };
}

/** A store in a folder, shared by the processes of one app (two of them overlap while it restarts). */
export function folderStatusStore(folder: string): TimerStatusStore {
  const folderOf = (name: string): string => join(folder, "timers", encodeURIComponent(name));
  const statusFile = (name: string): string => join(folderOf(name), "status.json");
  return {
    async read(name) {
      try {
        return JSON.parse(await readFile(statusFile(name), "utf8"));
      } catch {
        // Absent or torn: the schedule starts anew, as on Azure after its storage was cleared.
        return undefined;
      }
    },
    async write(name, status) {
      await mkdir(folderOf(name), { recursive: true });
      const draft = `${statusFile(name)}.${process.pid}`;
      await writeFile(draft, JSON.stringify(status));
      await rename(draft, statusFile(name));
    },
    async claim(name, occurrence) {
      const claims = join(folderOf(name), "claims");
      await mkdir(claims, { recursive: true });
      const own = `${occurrence.getTime()}`;
      try {
        // Only one process can create a file that must not exist yet.
        await writeFile(join(claims, own), String(process.pid), { flag: "wx" });
      } catch {
        return false;
      }
      const older = (await readdir(claims)).filter((claim) => Number(claim) < occurrence.getTime() - claimKeptMs);
      await Promise.all(older.map((claim) => rm(join(claims, claim), { force: true })));
      return true;
    },
  };
}

/** No process is so late that it asks for an occurrence of an hour ago which another has run. */
const claimKeptMs = 3_600_000;
