/** The storage service could not start, or has ended by itself; the message says what happened. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  /** Without the words that say of what it is the reason. */
  readonly reason: string;
  /** The last lines that its process wrote, oldest first. */
  readonly output: readonly string[];
  /** The signal that ended its process before it served; undefined where it failed by itself. */
  readonly killedBy: string | undefined;

  constructor(message: string, { reason = message, output = [], killedBy }: StorageErrorDetails = {}) {
    super(message);
    this.reason = reason;
    this.output = output;
    this.killedBy = killedBy;
  }
}

interface StorageErrorDetails {
  readonly reason?: string;
  readonly output?: readonly string[];
  readonly killedBy?: string | undefined;
}
