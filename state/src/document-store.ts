import { type ContainerClient, RestError } from "@azure/storage-blob";

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
    super(`${container}/${path} cannot be read: ${why}. Mend it or delete it, then replay the message.`, { cause });
  }
}

export interface Stored<T> {
  readonly value: T;
  /** Changes with every write; hand it back to write over exactly this version. */
  readonly etag: string;
}

/** JSON documents in one blob container, written by compare-and-swap. */
export interface DocumentStore {
  /**
   * The document at a path; undefined where there is none.
   * @throws {CorruptDocumentError} when it is not JSON or `parse` refuses it.
   */
  read<T>(path: string, parse: (json: unknown) => T): Promise<Stored<T> | undefined>;
  /**
   * Writes a document and returns its ETag.
   * @param expected the ETag it must still have, `absent` to create it, or `any` to write over whatever is there.
   * @throws {ConflictError} when the expectation does not hold.
   */
  write(path: string, value: object, expected: string | "absent" | "any"): Promise<string>;
  /**
   * Reads, changes and writes until nobody was in between. `change` returns undefined to leave things as they are, and
   * may run more than once.
   * @returns what is stored in the end.
   */
  update<T extends object>(
    path: string,
    parse: (json: unknown) => T,
    change: (current: T | undefined) => T | undefined,
  ): Promise<T | undefined>;
  /** The paths that begin with a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
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

  async function read<T>(path: string, parse: (json: unknown) => T): Promise<Stored<T> | undefined> {
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
      return { value: parse(JSON.parse(bytes.toString("utf8"))), etag };
    } catch (error) {
      throw new CorruptDocumentError(name, path, error);
    }
  }

  async function write(path: string, value: object, expected: string): Promise<string> {
    const text = `${JSON.stringify(value, null, 2)}\n`;
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
  }

  async function update<T extends object>(
    path: string,
    parse: (json: unknown) => T,
    change: (current: T | undefined) => T | undefined,
  ): Promise<T | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const current = await read(path, parse);
      const next = change(current?.value);
      if (next === undefined) return current?.value;
      try {
        await write(path, next, current?.etag ?? "absent");
        return next;
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt === attempts) throw error;
        // Whoever lost the race waits a little longer each time, so that many writers do not keep colliding.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
      }
    }
  }

  async function* list(prefix: string): AsyncIterable<string> {
    for await (const blob of container.listBlobsFlat({ prefix })) yield blob.name;
  }

  return { read, write, update, list };
}
