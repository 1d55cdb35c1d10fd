import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { describeProcess, type ProcessDescription } from "./describe-process.ts";

/** A folder that this process has to itself, until it releases it or ends, in whatever way. */
export interface FolderLock {
  release(): void;
}

/** Another process uses the folder; the message says which. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
  readonly folder: string;
  readonly holder: ProcessDescription | undefined;

  constructor(folder: string, holder: ProcessDescription | undefined) {
    const who = holder ? `process ${holder.id} (${holder.command})` : "another process";
    super(`${folder} is in use by ${who}. End that one, or choose another folder.`);
    this.folder = folder;
    this.holder = holder;
  }
}

const pollMs = 25;

/**
 * Takes a folder for this process alone. The lock is the operating system's, so one who was killed leaves none behind.
 * @param waitMs how long to wait for one who has it; not at all where absent.
 * @throws {FolderInUseError} when another process still has it by then.
 */
export async function lockFolder(folder: string, { waitMs = 0 } = {}): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const deadline = performance.now() + waitMs;
  for (;;) {
    const lock = tryToLock(folder);
    if (lock) return lock;
    if (performance.now() >= deadline) throw new FolderInUseError(folder, await holderOf(folder));
    await delay(pollMs);
  }
}

/** SQLite's result code for a database that another connection has: https://sqlite.org/rescode.html#busy */
const busyCode = 5;

/** Held on to: a database that nobody refers to any more is closed, and its lock gone. */
const held = new Set<DatabaseSync>();

/** Node has no call for the system's file locks; SQLite, which it brings along, takes one for a transaction. */
function tryToLock(folder: string): FolderLock | undefined {
  const database = new DatabaseSync(join(folder, "lock"));
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === busyCode) return undefined;
    throw error;
  }
  held.add(database);
  writeFileSync(holderFile(folder), String(process.pid));
  return {
    release() {
      if (!held.delete(database)) return;
      rmSync(holderFile(folder), { force: true });
      database.close();
    },
  };
}

const holderFile = (folder: string) => join(folder, "lock.holder");

async function holderOf(folder: string): Promise<ProcessDescription | undefined> {
  try {
    return await describeProcess(Number(readFileSync(holderFile(folder), "utf8")));
  } catch {
    return undefined; // It is just taking the folder, or letting go of it.
  }
}
