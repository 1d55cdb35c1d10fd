import { NewerFormatError } from "@ratchet/contracts";

/** A document is there but is not what its owner writes. */
export class CorruptDocumentError extends Error {
  override readonly name = "CorruptDocumentError";

  constructor(container: string, path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const mend = cause instanceof NewerFormatError ? "Then" : "Mend it or delete it, then";
    super(`${container}/${path} cannot be read: ${why}. ${mend} replay the message.`, { cause });
  }
}
