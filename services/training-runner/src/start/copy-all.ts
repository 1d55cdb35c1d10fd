import { PermanentError } from "@ratchet/messaging";
import { atATime, type Blobs } from "@ratchet/state";

/** What shall be copied is not there. */
export class MissingBlobError extends PermanentError {
  override readonly name = "MissingBlobError";

  constructor(container: string, path: string) {
    super(`${container}/${path} is not there, and a run needs it; put it back and replay this message`);
  }
}

/** Where a blob is, and where its copy shall be. */
export interface BlobCopy {
  readonly from: string;
  readonly to: string;
}

const copiesAtOnce = 8;

/**
 * Copies blobs from one container to another, several at a time. What is there already stays: the names say what the
 * content is.
 * @throws {MissingBlobError} when one of them is not there.
 */
export async function copyAll(source: Blobs, target: Blobs, copies: readonly BlobCopy[]): Promise<void> {
  await atATime(copiesAtOnce, copies, async ({ from, to }) => {
    if (!(await target.copyFrom(source, from, to))) throw new MissingBlobError(source.name, from);
  });
}
