import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { LokiDocument } from "../azurite.ts";
import { StorageError } from "../errors.ts";
import { type Change, readChanges, segmentsOf } from "./journal.ts";

/** As much of Loki's file as has to be known to bring it up to date. */
export interface Snapshot {
  readonly collections: readonly Collection[];
  readonly databaseVersion?: number;
}

interface Collection {
  readonly name: string;
  readonly maxId: number;
  readonly data: readonly LokiDocument[];
}

/**
 * Brings a database up to date with the changes that a process which was killed has left beside it.
 * @throws {StorageError} when its files are not what an earlier process wrote.
 */
export function recover(file: string): void {
  const segments = segmentsOf(file);
  try {
    const changes = segments.flatMap(({ path }) => readChanges(path));
    if (changes.length > 0) {
      const snapshot = JSON.parse(readFileSync(file, "utf8")) as Snapshot;
      writeFileSync(`${file}.recovered`, JSON.stringify(withChanges(snapshot, changes)));
      renameSync(`${file}.recovered`, file);
    }
  } catch (error) {
    throw damaged(file, error);
  }
  for (const { path } of segments) rmSync(path);
}

/** What is in a file is not what an earlier process wrote there. */
export function damaged(file: string, error: unknown): StorageError {
  const detail = error instanceof Error ? error.message : String(error);
  return new StorageError(
    `${file} is damaged (${detail}). Nothing in it was changed: restore the folder from a copy, or move it away to begin anew.`,
  );
}

/** Loki builds all indices anew when it reads a file of a version before this. */
const versionWithoutIndices = 1;

/**
 * A snapshot with changes made to it. A change that it has already may come again, with all that came after it: the last
 * change of a document decides.
 */
export function withChanges(snapshot: Snapshot, changes: readonly Change[]): Snapshot {
  const collections = snapshot.collections.map((collection) => {
    const documents = new Map(collection.data.map((document) => [document.$loki, document]));
    let { maxId } = collection;
    for (const change of changes) {
      if (change.collection !== collection.name) continue;
      if ("remove" in change) documents.delete(change.remove);
      else {
        documents.set(change.put.$loki, change.put);
        maxId = Math.max(maxId, change.put.$loki);
      }
    }
    // Loki finds documents by halving: their numbers have to ascend.
    const data = [...documents.values()].sort((a, b) => a.$loki - b.$loki);
    return { ...collection, data, maxId };
  });
  return { ...snapshot, collections, databaseVersion: versionWithoutIndices };
}
