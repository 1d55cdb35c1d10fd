import { type ContainerClient, RestError } from "@azure/storage-blob";
import type { Drop } from "./dropped-blob.ts";

/** The blob was deleted or overwritten since the event. Whoever overwrote it raised an event of its own. */
export class SupersededDropError extends Error {
  override readonly name = "SupersededDropError";

  constructor({ file, etag }: Drop) {
    super(`${file} is gone or no longer the version ${etag} that was announced`);
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

/** @throws {SupersededDropError} when the blob is not what the event announced any more. */
export async function openDrop(drops: ContainerClient, drop: Drop): Promise<DroppedFile> {
  const blob = drops.getBlobClient(drop.file);
  const conditions = { ifMatch: `"${drop.etag}"` };
  async function orSuperseded<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof RestError && (error.statusCode === 404 || error.statusCode === 412))
        throw new SupersededDropError(drop);
      throw error;
    }
  }
  async function* read(): AsyncGenerator<Buffer> {
    const { readableStreamBody } = await orSuperseded(blob.download(0, undefined, { conditions, maxRetryRequests: 5 }));
    for await (const chunk of readableStreamBody ?? []) yield Buffer.from(chunk);
  }
  const { contentLength } = await orSuperseded(blob.getProperties({ conditions }));
  return { bytes: contentLength ?? 0, read };
}
