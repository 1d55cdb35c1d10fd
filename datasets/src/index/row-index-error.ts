import { PermanentError } from "@ratchet/messaging";

/** A row index that is damaged, or cannot be used as it was asked. */
export class RowIndexError extends PermanentError {
  override readonly name = "RowIndexError";
  readonly index: string;

  constructor(index: string, why: string) {
    super(`the row index ${index} ${why}`);
    this.index = index;
  }
}
