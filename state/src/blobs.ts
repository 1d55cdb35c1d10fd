/** Somebody else wrote the blob first. Reading it again and deciding anew helps. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
  readonly transient = true;

  constructor(container: string, path: string) {
    super(`${container}/${path} was changed by somebody else at the same time; read it again`);
  }
}

/** A blob as the storage tells of it. */
export interface BlobInfo {
  readonly path: string;
  /** Changes with every write. */
  readonly etag: string;
  readonly bytes: number;
  readonly lastModified: Date;
  /** Written by appending: nobody can tell that it is whole. */
  readonly appended?: boolean;
  /** A copy that the storage has not finished. */
  readonly copying?: boolean;
}

/** What must hold for a write: the ETag that the blob still has, `absent` to create it, or `any` to write over it. */
export type Expected = string | "absent" | "any";

interface WriteOptions {
  readonly expected: Expected;
  /** e.g. `text/csv; charset=utf-8` */
  readonly contentType: string;
}

/** A blob that is written as it comes, and is there, whole, only once it is closed. */
export interface BlobWriter {
  /** Waits while more is under way than should be held in memory. */
  write(content: string | Uint8Array): Promise<void>;
  /** @throws {ConflictError} when somebody else wrote the same blob at the same time. */
  close(): Promise<void>;
  /** Gives up: nothing of it is kept. */
  abandon(): Promise<void>;
}

/** The blobs of one container, as much of them as Ratchet asks for. The one door to storage, on Azure and anywhere else. */
export interface Blobs {
  /** The container's name. */
  readonly name: string;
  readonly url: string;
  /** Undefined where there is no such blob. */
  find(path: string): Promise<BlobInfo | undefined>;
  /** A whole blob; undefined where there is none. */
  read(path: string): Promise<{ readonly content: Buffer; readonly etag: string } | undefined>;
  /**
   * A blob as it comes.
   * @param etag the version that is wanted, unquoted; any where it is left out.
   * @returns undefined where there is none, or none of this version any more.
   */
  open(path: string, etag?: string): Promise<AsyncIterable<Buffer> | undefined>;
  /**
   * Writes a whole blob and gives its ETag.
   * @throws {ConflictError} when what is expected does not hold.
   */
  write(path: string, content: string | Uint8Array, options: WriteOptions): Promise<string>;
  /**
   * Appends to a blob of its own kind, in one piece; the first to append creates it. Who does not learn that it was appended
   * and does it again has appended it twice.
   * @param options.fullAt in bytes: once the blob has as many, nobody appends any more, however little.
   * @returns false where it is full: nothing was appended.
   */
  append(
    path: string,
    text: string,
    options: Pick<WriteOptions, "contentType"> & { readonly fullAt: number },
  ): Promise<boolean>;
  /** Begins to write a blob over whatever is there. */
  writer(path: string, options: Pick<WriteOptions, "contentType">): BlobWriter;
  /**
   * Copies a blob of the same account, unless a copy is there already: names say what content is.
   * @returns false where there is nothing to copy.
   */
  copyFrom(source: Blobs, from: string, to: string): Promise<boolean>;
  /**
   * Makes a blob as new, and leaves what is in it: its ETag and the time of its last change are others then.
   * @returns false where there is none.
   */
  touch(path: string): Promise<boolean>;
  /** The blobs whose paths begin with a prefix, in the order of their paths. */
  list(prefix: string): AsyncIterable<BlobInfo>;
  /** The names before the first slash of any path, each once, in order. */
  folders(): AsyncIterable<string>;
  /** Removes a blob; one that is gone, or has another ETag than the given one, is let be. */
  remove(path: string, etag?: string): Promise<void>;
}
