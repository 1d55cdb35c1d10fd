import { paths } from "@ratchet/contracts";
import type { Blobs } from "./blobs.ts";

/** A process that may be open. */
export interface OpenMark {
  /** Names the process within its kind, e.g. `digits`. */
  readonly key: string;
  readonly markedAt: Date;
  /** Takes the mark away only as it was seen. */
  unmark(): Promise<void>;
}

/**
 * The open processes of one kind: a sweep goes through these and not through all that there ever were. The mark is set before
 * a record opens, by everybody who opens it and each time; so an open record always has its mark. A mark whose record is
 * closed is taken away by the sweep, once it is old enough that nobody can be about to open the record.
 */
export interface OpenIndex {
  /** Sets the mark of a process that is about to open. Set again, it is as new. */
  mark(key: string): Promise<void>;
  /** Takes the mark of a process away that has ended and never opens again, whoever has set it. */
  unmark(key: string): Promise<void>;
  /** Every mark, in the order of keys; or of those alone whose keys begin so. */
  marks(keysBegin?: string): AsyncIterable<OpenMark>;
}

/** Marks of closed records are kept for so long, in milliseconds: longer than anybody takes from mark to record. */
export const markedAtLeast = 3 * 3_600_000;

/**
 * The open processes of a kind, in a container of their owner.
 * @param kind e.g. `trainings`.
 */
export function openIndex(blobs: Blobs, kind: string): OpenIndex {
  const folder = paths.openFolder(kind);
  return {
    async mark(key) {
      await blobs.write(`${folder}${key}`, "", { expected: "any", contentType: "text/plain" });
    },
    unmark: (key) => blobs.remove(`${folder}${key}`),
    async *marks(keysBegin = "") {
      for await (const { path, etag, lastModified } of blobs.list(`${folder}${keysBegin}`))
        yield {
          key: path.slice(folder.length),
          markedAt: lastModified,
          unmark: () => blobs.remove(path, etag),
        };
    },
  };
}
