import { PermanentError } from "@ratchet/messaging";

/** A file of an admitted batch is not there. */
export class MissingBatchError extends PermanentError {
  override readonly name = "MissingBatchError";

  constructor(path: string) {
    super(`batches/${path} is not there; restore it from a backup and replay this message`);
  }
}
