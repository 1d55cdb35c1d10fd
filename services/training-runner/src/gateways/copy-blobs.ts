import type { BlobClient, ContainerClient } from "@azure/storage-blob";
import { PermanentError } from "@ratchet/messaging";
import { hasStatus, orUndefined } from "./status.ts";

/** What shall be copied is not there. */
export class MissingBlobError extends PermanentError {
  override readonly name = "MissingBlobError";

  constructor({ containerName, name }: BlobClient) {
    super(`${containerName}/${name} is not there, and a run needs it; put it back and replay this message`);
  }
}

/** A copy between two places of one storage account. */
export interface BlobCopy {
  readonly from: BlobClient;
  readonly to: BlobClient;
}

const copiesAtOnce = 8;
const pollEvery = 1000;

/** Copies that are not asked for twice: `success`, or a blob that was written and not copied. */
async function isThere(blob: BlobClient): Promise<boolean> {
  const there = await orUndefined(blob.getProperties());
  return there !== undefined && (there.copyStatus === undefined || there.copyStatus === "success");
}

async function copy({ from, to }: BlobCopy): Promise<void> {
  if (await isThere(to)) return;
  try {
    // The service copies by itself, within the account: the bytes do not come here, and the caller's token covers both.
    await (await to.beginCopyFromURL(from.url, { intervalInMs: pollEvery })).pollUntilDone();
  } catch (error) {
    if (hasStatus(error, 404)) throw new MissingBlobError(from);
    throw error;
  }
}

/**
 * Copies blobs within one account, several at a time. What is there already stays: the names say what the content is.
 * @throws {MissingBlobError} when one of them is not there.
 */
export async function copyBlobs(copies: readonly BlobCopy[]): Promise<void> {
  const left = [...copies];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await copy(next);
  };
  await Promise.all(Array.from({ length: copiesAtOnce }, work));
}

/** The names of the blobs below a folder, without the folder. */
export async function namesBelow(container: ContainerClient, folder: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const { name } of container.listBlobsFlat({ prefix: `${folder}/` }))
    names.add(name.slice(folder.length + 1));
  return names;
}
