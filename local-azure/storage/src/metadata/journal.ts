import { appendFileSync, closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LokiDocument } from "../azurite.ts";

/*
 * Azurite keeps what it knows of blobs in memory, and writes all of it every five seconds. What changes in between is
 * appended here, before a client has its answer: a process that is killed has lost nothing that it acknowledged.
 */

/** A document of a collection is there from now on, in this form; or it is gone. */
export type Change =
  | { readonly collection: string; readonly put: LokiDocument }
  | { readonly collection: string; readonly remove: number };

/** The changes since the last snapshot of a database, on disk. */
export interface Journal {
  /** Takes a change as it is now, to be written with those that belong to it. */
  note(change: Change): void;
  /** Writes what was noted, as the removal of a blob and its replacement: all of it is found again, or nothing. */
  write(): void;
  /**
   * To be called when a snapshot is taken: changes go to a file of their own from here on.
   * @returns to be called when the snapshot is on disk: what came before is in it, and is removed here.
   */
  turn(): () => void;
}

/** Opens a new file for changes of the database in `file`, after those that are there. */
export function openJournal(file: string): Journal {
  const open = (number: number) => ({ number, descriptor: openSync(`${file}.changes.${number}`, "a", 0o600) });
  let current = open((segmentsOf(file).at(-1)?.number ?? 0) + 1);
  let noted: string[] = [];
  const write = () => {
    const together = noted;
    noted = [];
    if (together.length > 0) appendFileSync(current.descriptor, `[${together.join()}]\n`);
  };
  return {
    note: (change) => void noted.push(JSON.stringify(change)),
    write,
    turn() {
      write();
      const former = current;
      current = open(former.number + 1);
      closeSync(former.descriptor);
      return () => {
        for (const { path, number } of segmentsOf(file)) if (number <= former.number) rmSync(path, { force: true });
      };
    },
  };
}

/** The files with changes of a database, oldest first. */
export function segmentsOf(file: string): readonly { readonly path: string; readonly number: number }[] {
  const prefix = `${basename(file)}.changes.`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ path: join(dirname(file), name), number: Number(name.slice(prefix.length)) }))
    .sort((a, b) => a.number - b.number);
}

/** The changes in one of them. A last line without an end was being written when the process ended; nobody had an answer. */
export function readChanges(path: string): readonly Change[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .flatMap((line) => JSON.parse(line) as readonly Change[]);
}
