/** The storage service could not start, or ended by itself; the message says what happened. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}
