/** The storage service could not start, or has ended by itself; the message says what happened. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  /** Without the words that say of what it is the reason. */
  readonly reason: string;
  /** The last lines that its process wrote, oldest first. */
  readonly output: readonly string[];

  constructor(message: string, { reason = message, output = [] }: StorageErrorDetails = {}) {
    super(message);
    this.reason = reason;
    this.output = output;
  }
}

interface StorageErrorDetails {
  readonly reason?: string;
  readonly output?: readonly string[];
}
