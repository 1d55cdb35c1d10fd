/** The storage service could not start, or ended by itself; the message says what happened. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  /** The last lines that its process wrote, oldest first. */
  readonly output: readonly string[];

  constructor(message: string, output: readonly string[] = []) {
    super(message);
    this.output = output;
  }
}
