import { openSync, writeSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, works } from "./run.ts";

/** The clocks of this mount namespace's processes. */
export interface Clocks {
  /** Puts a process's clock so many milliseconds ahead, or behind; every process's where none is named. */
  set(milliseconds: number, processId?: number): void;
}

const source = join(import.meta.dirname, "clock.c");
/** Process ids of a namespace of one's own begin at 1 and do not come so far. */
const offsetsCount = 1 << 20;

/**
 * Puts a library before all programs that start from now on in this mount namespace.
 * @param folder outside of `/etc`; its path has no blanks.
 * @returns undefined where there is no C compiler, or the library is not taken.
 */
export async function bendClocks(folder: string): Promise<Clocks | undefined> {
  const offsets = join(folder, "offsets");
  const library = join(folder, "clock.so");
  await mkdir(folder, { recursive: true });
  await writeFile(offsets, "");
  await run("truncate", "-s", String(offsetsCount * 8), offsets);
  const names = [`-DOFFSETS_FILE="${offsets}"`, `-DOFFSETS_COUNT=${offsetsCount}`];
  if (!(await works("cc", "-shared", "-fPIC", "-O2", ...names, "-o", library, source, "-ldl"))) return undefined;
  if (!(await preload(folder, library))) return undefined;
  const file = openSync(offsets, "r+");
  const clocks: Clocks = {
    set(milliseconds, processId = 0) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(milliseconds));
      writeSync(file, bytes, 0, 8, processId * 8);
    },
  };
  return (await areBent(clocks)) ? clocks : undefined;
}

/** Lets the loader load a library into every program; of `/etc` a copy is changed, which only this namespace sees. */
async function preload(folder: string, library: string): Promise<boolean> {
  const copy = join(folder, "etc");
  await mkdir(copy, { recursive: true });
  // What this user may not read (passwords) is left out, and cp says so.
  await works("cp", "-a", "/etc/.", copy);
  await writeFile(join(copy, "ld.so.preload"), `${library}\n`);
  return works("mount", "--bind", copy, "/etc");
}

const dayMs = 86_400_000;

/** Whether the clock of a program that starts now can be put wrong. */
async function areBent(clocks: Clocks): Promise<boolean> {
  clocks.set(dayMs);
  const seen = Number(await run(process.execPath, "-p", "Date.now()")) - Date.now();
  clocks.set(0);
  return Math.abs(seen - dayMs) < 60_000;
}
