import { type ContainerClient, RestError } from "@azure/storage-blob";
import { NewerFormatError } from "@ratchet/contracts";
import { type Decider, type Moved, moved } from "./decider.ts";

/** Somebody else wrote the document first. Reading it again and deciding anew helps. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
  readonly transient = true;

  constructor(container: string, path: string) {
    super(`${container}/${path} was changed by somebody else at the same time; read it again`);
  }
}

/** A document is there but is not what its owner writes. */
export class CorruptDocumentError extends Error {
  override readonly name = "CorruptDocumentError";

  constructor(container: string, path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const mend = cause instanceof NewerFormatError ? "Then" : "Mend it or delete it, then";
    super(`${container}/${path} cannot be read: ${why}. ${mend} replay the message.`, { cause });
  }
}

/** How documents of a kind are read and written. */
export interface Kind<Value> {
  /** @throws {DocumentError} when the JSON is none of the kind. */
  parse(json: unknown): Value;
  toJson(value: Value): object;
}

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
}

/** JSON documents in one blob container, written by compare-and-swap. */
export interface DocumentStore extends DocumentReader {
  /**
   * Writes a document and returns its ETag.
   * @param expected the ETag it must still have, `absent` to create it, or `any` to write over whatever is there.
   * @throws {ConflictError} when the expectation does not hold.
   * @throws {DocumentError} when the value is none of the kind.
   */
  write<Value>(path: string, kind: Kind<Value>, value: Value, expected: string | "absent" | "any"): Promise<string>;
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

const hasStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof RestError && error.statusCode !== undefined && statuses.includes(error.statusCode);

const conditions = (expected: string) => {
  if (expected === "any") return {};
  return expected === "absent" ? { ifNoneMatch: "*" } : { ifMatch: expected };
};

/** The documents of a container. */
export function documentStore(container: ContainerClient): DocumentStore {
  const name = container.containerName;

  const read: DocumentStore["read"] = async (path, kind) => {
    let bytes: Buffer;
    let etag: string | undefined;
    try {
      const response = await container.getBlockBlobClient(path).download();
      etag = response.etag;
      const chunks: Buffer[] = [];
      for await (const chunk of response.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
      bytes = Buffer.concat(chunks);
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
    if (etag === undefined) throw new CorruptDocumentError(name, path, "the storage gave no ETag");
    try {
      return { value: kind.parse(JSON.parse(bytes.toString("utf8"))), etag };
    } catch (error) {
      throw new CorruptDocumentError(name, path, error);
    }
  };

  const write: DocumentStore["write"] = async (path, kind, value, expected) => {
    const text = `${JSON.stringify(kind.toJson(value), null, 2)}\n`;
    try {
      const { etag } = await container.getBlockBlobClient(path).upload(text, Buffer.byteLength(text), {
        conditions: conditions(expected),
        blobHTTPHeaders: { blobContentType: "application/json" },
      });
      return etag ?? "";
    } catch (error) {
      if (hasStatus(error, 409, 412)) throw new ConflictError(name, path);
      throw error;
    }
  };

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
        // Whoever lost the race waits a little longer each time, so that many writers do not keep colliding.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
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
      for await (const blob of container.listBlobsFlat({ prefix })) yield blob.name;
    },
  };
}
