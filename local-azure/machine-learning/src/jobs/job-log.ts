import type { TokenCredential } from "@azure/identity";
import { type AppendBlobClient, ContainerClient } from "@azure/storage-blob";
import type { BlobLocation } from "../storage/blob-folder.ts";

/** The blob a job's output is written to while it runs. */
export interface JobLog {
  write(line: string): void;
  /** Resolves when everything written is in the blob. */
  close(): Promise<void>;
}

const flushEveryMs = 1_000;
/** An append blob takes 50,000 blocks; a job of days that writes all the time must not run out of them. */
const flushSeldomAfterBlocks = 3_600;
const flushSeldomEveryMs = 60_000;
const blockLimitBytes = 4 * 1024 * 1024;

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
      timer ??= setTimeout(flushLater, blocks < flushSeldomAfterBlocks ? flushEveryMs : flushSeldomEveryMs);
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
  for (let at = 0; at < bytes.length; at += blockLimitBytes, blocks += 1) {
    const block = bytes.subarray(at, at + blockLimitBytes);
    await blob.appendBlock(block, block.length);
  }
  return blocks;
}
