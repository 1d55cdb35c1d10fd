import { readdir, readFile, readlink } from "node:fs/promises";

/** A process as the machine shows it. */
export interface Process {
  readonly id: number;
  readonly parent: number;
  /** When it started, in ticks since boot: with the id it names one process for ever. */
  readonly startedAt: string;
  /** It has ended, and nobody has asked how yet. */
  readonly isZombie: boolean;
  readonly command: string;
  /** The folder that it runs in. */
  readonly folder: string;
}

/** Where the processes of a machine can be read as files; elsewhere one cannot be told from another. */
export const canSeeProcesses = process.platform === "linux";

async function read(id: number): Promise<Process | undefined> {
  try {
    const [stat, command, folder] = await Promise.all([
      readFile(`/proc/${id}/stat`, "utf8"),
      readFile(`/proc/${id}/cmdline`, "utf8"),
      readlink(`/proc/${id}/cwd`).catch(() => ""),
    ]);
    // pid (name) state parent … and, as the twenty-second, the start.
    const fields = stat.replace(/^.*\) /s, "").split(" ");
    return {
      id,
      parent: Number(fields[1]),
      startedAt: fields[19] ?? "",
      isZombie: fields[0] === "Z",
      command: command.replaceAll("\0", " ").trim(),
      folder,
    };
  } catch {
    return undefined; // It ended while it was looked at.
  }
}

async function allProcesses(): Promise<readonly Process[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  return (await Promise.all(ids.map(read))).filter((found) => found !== undefined);
}

const nameOf = ({ id, startedAt }: Process): string => `${id}/${startedAt}`;

/** The processes that come of one program, orphans too. */
export interface ProcessTree {
  /** From now on a process, and what comes of it, belongs to the tree. */
  root(id: number): void;
  /** Those that live now. */
  look(): Promise<readonly Process[]>;
  /**
   * Sends a signal to a process if it still is the one that was seen.
   * @returns whether it was.
   */
  signal(seen: Process, signal: NodeJS.Signals): Promise<boolean>;
}

export function createProcessTree(): ProcessTree {
  const roots = new Set<number>();
  const known = new Set<string>();
  return {
    root(id) {
      roots.add(id);
    },
    async look() {
      // One that begins to belong to the tree meanwhile may not have been there to be seen yet.
      const rootsBefore = [...roots];
      const all = await allProcesses();
      const members = new Map<number, Process>();
      const join = (found: Process): void => {
        members.set(found.id, found);
        known.add(nameOf(found));
      };
      for (const found of all) if (roots.has(found.id) || known.has(nameOf(found))) join(found);
      // Children have mostly higher ids than their parents, but ids wrap around: until nobody joins any more.
      for (let before = -1; before !== members.size; ) {
        before = members.size;
        for (const found of all) if (members.has(found.parent) && !members.has(found.id)) join(found);
      }
      for (const id of rootsBefore) if (!members.has(id)) roots.delete(id);
      return [...members.values()].filter(({ isZombie }) => !isZombie);
    },
    async signal(seen, signal) {
      const now = await read(seen.id);
      if (!now || now.isZombie || nameOf(now) !== nameOf(seen)) return false;
      try {
        process.kill(seen.id, signal);
        return true;
      } catch {
        return false; // It ended in this moment: it dies with another that was killed.
      }
    },
  };
}
