import { PermanentError } from "@ratchet/messaging";
import type { Blobs } from "@ratchet/state";

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
  const left = [...copies];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift())
      if (!(await target.copyFrom(source, next.from, next.to))) throw new MissingBlobError(source.name, next.from);
  };
  await Promise.all(Array.from({ length: copiesAtOnce }, work));
}
