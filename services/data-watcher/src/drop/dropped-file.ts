import type { RefusalCode } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Blobs } from "@ratchet/state";
import { type Drop, unquotedEtag } from "./dropped-blob.ts";

/** The blob was deleted or overwritten since the event. Whoever overwrote it raised an event of its own. */
export class SupersededDropError extends Error {
  override readonly name = "SupersededDropError";
  readonly code: RefusalCode = "superseded";

  constructor({ file, etag }: Drop) {
    super(
      `${file}: deleted or overwritten before this version (${etag}) was taken in; what overwrote it is a drop of its own`,
    );
  }
}

/** The storage has told of a copy before it was there. */
export class UnfinishedCopyError extends TransientError {
  override readonly name = "UnfinishedCopyError";

  constructor({ file }: Drop) {
    super(`${file} is still being copied into the container; it is taken in once it is there`);
  }
}

/** A dropped file, exactly as it was when its event was raised. */
export interface DroppedFile {
  readonly bytes: number;
  /**
   * The content from the start; may be called more than once.
   * @throws {SupersededDropError} when the blob has become another since.
   */
  read(): AsyncIterable<Buffer>;
}

/**
 * @throws {SupersededDropError} when the blob is not what the event announced any more.
 * @throws {UnfinishedCopyError} when the storage has not finished copying it.
 */
export async function openDrop(drops: Blobs, drop: Drop): Promise<DroppedFile> {
  const { file, etag } = drop;
  const found = await drops.find(file);
  // The ETag changes with the copy's state: the end of the copy makes it another version.
  if (found?.copying) throw new UnfinishedCopyError(drop);
  if (!found || unquotedEtag(found.etag) !== etag) throw new SupersededDropError(drop);
  return {
    bytes: found.bytes,
    async *read() {
      const content = await drops.open(file, etag);
      if (!content) throw new SupersededDropError(drop);
      yield* content;
    },
  };
}
