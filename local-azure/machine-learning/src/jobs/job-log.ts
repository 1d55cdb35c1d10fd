import type { TokenCredential } from "@azure/identity";
import { type AppendBlobClient, ContainerClient } from "@azure/storage-blob";
import type { BlobLocation } from "../storage/blob-folder.ts";

/** The blob a job's output is written to while it runs. */
export interface JobLog {
  write(line: string): void;
  /** Resolves when everything written is in the blob. */
  close(): Promise<void>;
}

const FLUSH_EVERY_MS = 1_000;
/** An append blob takes 50,000 blocks; a job of days that writes all the time must not run out of them. */
const FLUSH_SELDOM_AFTER_BLOCKS = 3_600;
const FLUSH_SELDOM_EVERY_MS = 60_000;
const BLOCK_LIMIT_BYTES = 4 * 1024 * 1024;

export async function openJobLog(location: BlobLocation, credential: TokenCredential): Promise<JobLog> {
  const container = new ContainerClient(location.containerUrl, credential);
  const blob = container.getAppendBlobClient(location.path);
  await blob.create({ blobHTTPHeaders: { blobContentType: "text/plain; charset=utf-8" } });

  let pending: string[] = [];
  let blocks = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  const flush = async () => {
    const bytes = Buffer.from(pending.join(""));
    pending = [];
    blocks += await append(blob, bytes);
  };
  const flushLater = () => {
    timer = undefined;
    // A failed flush is told to whoever closes the log; until then the job goes on.
    flushing = flushing.then(flush);
    flushing.catch(() => {});
  };
  return {
    write(line) {
      pending.push(`${line}\n`);
      timer ??= setTimeout(flushLater, blocks < FLUSH_SELDOM_AFTER_BLOCKS ? FLUSH_EVERY_MS : FLUSH_SELDOM_EVERY_MS);
    },
    async close() {
      clearTimeout(timer);
      await flushing;
      await flush();
    },
  };
}

async function append(blob: AppendBlobClient, bytes: Buffer): Promise<number> {
  let blocks = 0;
  for (let at = 0; at < bytes.length; at += BLOCK_LIMIT_BYTES, blocks += 1) {
    const block = bytes.subarray(at, at + BLOCK_LIMIT_BYTES);
    await blob.appendBlock(block, block.length);
  }
  return blocks;
}
