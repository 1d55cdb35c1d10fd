import { type Blobs, ConflictError, type Expected } from "./blobs.ts";
import { CorruptDocumentError } from "./corrupt-document.ts";
import { type Decider, type Moved, moved } from "./decider.ts";
import type { Kind } from "./kind.ts";
import { type LogReader, type PagedLog, pagedLog } from "./paged-log.ts";

interface Stored<Value> {
  readonly value: Value;
  /** Changes with every write; hand it back to write over exactly this version. */
  readonly etag: string;
}

/** JSON documents in one blob container that somebody else owns. */
export interface DocumentReader {
  /**
   * The document at a path; undefined where there is none.
   * @throws {CorruptDocumentError} when it is not JSON or none of its kind.
   */
  read<Value>(path: string, kind: Pick<Kind<Value>, "parse">): Promise<Stored<Value> | undefined>;
  /** The paths that begin with a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  /** A log in the container. @param folder e.g. `digits/log` */
  log<Entry>(folder: string, kind: Kind<Entry>): LogReader<Entry>;
}

/** JSON documents in one blob container, written by compare-and-swap. */
export interface DocumentStore extends DocumentReader {
  log<Entry>(folder: string, kind: Kind<Entry>): PagedLog<Entry>;
  /**
   * Writes a document and returns its ETag.
   * @param expected the ETag it must still have, `absent` to create it, or `any` to write over whatever is there.
   * @throws {ConflictError} when the expectation does not hold.
   * @throws {DocumentError} when the value is none of the kind.
   */
  write<Value>(path: string, kind: Kind<Value>, value: Value, expected: Expected): Promise<string>;
  /**
   * Reads, changes and writes until nobody was in between. `change` returns undefined to leave things as they are, and
   * may run more than once.
   * @returns what is stored in the end.
   * @throws {CorruptDocumentError} when what is stored cannot be read.
   * @throws {ConflictError} when somebody else was first twenty times in a row.
   */
  update<Value extends object>(
    path: string,
    kind: Kind<Value>,
    change: (current: Value | undefined) => Value | undefined,
  ): Promise<Value | undefined>;
  /**
   * Moves a document as its decider says, by compare-and-swap. Where nothing changes, or `decide` throws, nothing is
   * written.
   * @throws {CorruptDocumentError} when what is stored cannot be read.
   * @throws {ConflictError} when somebody else was first twenty times in a row.
   */
  move<Value extends object, State extends Value | undefined, Command, Event>(
    path: string,
    kind: Kind<Value>,
    decider: Decider<State, Command, Event>,
    command: Command,
  ): Promise<Moved<State, Event>>;
}

const attempts = 20;

/** Whoever lost the race waits a little longer each time, so that many writers do not keep colliding. */
const wait = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));

/**
 * The documents of a container.
 * @param pause how to wait after so many lost races.
 */
export function documentStore(blobs: Blobs, pause: (attempt: number) => Promise<void> = wait): DocumentStore {
  const read: DocumentStore["read"] = async (path, kind) => {
    const stored = await blobs.read(path);
    if (!stored) return undefined;
    try {
      return { value: kind.parse(JSON.parse(stored.content.toString("utf8"))), etag: stored.etag };
    } catch (error) {
      throw new CorruptDocumentError(blobs.name, path, error);
    }
  };

  const write: DocumentStore["write"] = async (path, kind, value, expected) =>
    blobs.write(path, `${JSON.stringify(kind.toJson(value), null, 2)}\n`, {
      expected,
      contentType: "application/json",
    });

  const update: DocumentStore["update"] = async (path, kind, change) => {
    for (let attempt = 1; ; attempt += 1) {
      const current = await read(path, kind);
      const next = change(current?.value);
      if (next === undefined) return current?.value;
      try {
        await write(path, kind, next, current?.etag ?? "absent");
        return next;
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt === attempts) throw error;
        await pause(attempt);
      }
    }
  };

  return {
    read,
    write,
    update,
    async move<Value extends object, State extends Value | undefined, Command, Event>(
      path: string,
      kind: Kind<Value>,
      decider: Decider<State, Command, Event>,
      command: Command,
    ) {
      let made: Moved<State, Event> | undefined;
      await update(path, kind, (stored) => {
        made = moved(decider, stored as State | undefined, command);
        return made.after === made.before ? undefined : made.after;
      });
      // `update` has called back at least once when it returns.
      return made as Moved<State, Event>;
    },
    async *list(prefix) {
      for await (const { path } of blobs.list(prefix)) yield path;
    },
    log: (folder, kind) => pagedLog(blobs, folder, kind),
  };
}
