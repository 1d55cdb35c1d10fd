import { mkdir, statfs } from "node:fs/promises";
import { run, works } from "./run.ts";

/** A disk that can be filled: a file system in memory, whose bound is moved down to what is used. */
export interface SmallDisk {
  readonly folder: string;
  /** From now on nothing more can be written. */
  fill(): Promise<void>;
  /** There is room again. */
  free(): Promise<void>;
}

const limitMegabytes = 12 * 1024;
/** Left over where the disk is full: a file system counts whole pages. */
const leftKilobytes = 64;

/** @returns undefined where no file system can be mounted. */
export async function mountSmallDisk(folder: string): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true });
  if (!(await works("mount", "-t", "tmpfs", "-o", `size=${limitMegabytes}m`, "tmpfs", folder))) return undefined;
  const bound = (size: string) => run("mount", "-o", `remount,size=${size}`, folder);
  return {
    folder,
    async fill() {
      // Somebody may write between the look and the move: a bound below what is used is refused.
      for (let attempt = 1; ; attempt += 1) {
        const { blocks, bfree, bsize } = await statfs(folder);
        const usedKilobytes = Math.ceil(((blocks - bfree) * bsize) / 1024);
        try {
          await bound(`${usedKilobytes + leftKilobytes * attempt}k`);
          return;
        } catch (error) {
          if (attempt === 20) throw error;
        }
      }
    },
    async free() {
      await bound(`${limitMegabytes}m`);
    },
  };
}
