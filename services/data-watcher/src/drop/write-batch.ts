import { once } from "node:events";
import { PassThrough } from "node:stream";
import { type ContainerClient, RestError } from "@azure/storage-blob";
import { type Column, paths } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Row } from "./file-rows.ts";

/** The same batch is being written for another drop of the same content; whoever comes back finds it admitted. */
class ContendedBatchError extends TransientError {
  override readonly name = "ContendedBatchError";

  constructor(path: string) {
    super(`${path} was written for another drop of the same content at the same time; the message is tried again`);
  }
}

const blockBytes = 4 * 1024 ** 2;
const blocksInFlight = 2;

/** A field as CSV: in quotes where it must be. */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const line = (fields: readonly string[]): string => `${fields.map(field).join(",")}\n`;

/** A CSV blob that is written as it comes and is there, whole, only once it is closed. */
function csvBlob(container: ContainerClient, path: string) {
  const stream = new PassThrough();
  const abort = new AbortController();
  const done = container.getBlockBlobClient(path).uploadStream(stream, blockBytes, blocksInFlight, {
    blobHTTPHeaders: { blobContentType: "text/csv; charset=utf-8" },
    abortSignal: abort.signal,
  });
  // A failed upload is told by write() and close(); until then neither error must count as unhandled.
  stream.on("error", () => undefined);
  done.catch((error: Error) => stream.destroy(error));
  return {
    async write(text: string): Promise<void> {
      if (text !== "" && !stream.write(text)) await Promise.race([once(stream, "drain"), done]);
    },
    async close(): Promise<void> {
      stream.end();
      try {
        await done;
      } catch (error) {
        // Committing a blob discards the blocks that others have staged for it.
        if (error instanceof RestError && error.code === "InvalidBlockList") throw new ContendedBatchError(path);
        throw error;
      }
    },
    async abandon(): Promise<void> {
      abort.abort();
      stream.destroy();
      await done.catch(() => undefined);
    },
  };
}

/**
 * Writes a batch's `train.csv` and `holdout.csv`, the columns in the order of the schema. Written twice they are the
 * same, and without the manifest nobody reads them.
 * @throws {ContendedBatchError} when another drop of the same content is written at the same time.
 */
export async function writeBatch(
  container: ContainerClient,
  model: string,
  batch: string,
  columns: readonly Column[],
  rows: AsyncIterable<readonly Row[]>,
): Promise<void> {
  const files = {
    train: csvBlob(container, paths.batchTrain(model, batch)),
    holdout: csvBlob(container, paths.batchHoldout(model, batch)),
  };
  const header = line(columns.map(({ name }) => name));
  try {
    await files.train.write(header);
    await files.holdout.write(header);
    for await (const some of rows) {
      const text = { train: "", holdout: "" };
      for (const { fields, side } of some) text[side] += line(fields);
      await files.train.write(text.train);
      await files.holdout.write(text.holdout);
    }
    await Promise.all([files.train.close(), files.holdout.close()]);
  } catch (error) {
    await Promise.all([files.train.abandon(), files.holdout.abandon()]);
    throw error;
  }
}
