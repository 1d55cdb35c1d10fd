import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileFault } from "../file-fault.ts";

/** A file that can be read at any place. */
export interface RandomAccess {
  readonly bytes: number;
  /** Bytes of its own, shared with nothing; fewer than asked for only at the end of the file. */
  read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

async function readAt(handle: FileHandle, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) return bytes.slice(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

/**
 * Writes a file that comes as a stream to a temporary one. So what is read in pieces is the very bytes that were hashed,
 * compressed files can be read at any place too, and a blob that is overwritten meanwhile disturbs nothing. The temporary
 * file has no name any more when this returns: it is gone with the process, however that ends.
 * @param mostBytes in bytes.
 * @throws {FileFault} when the file is larger.
 */
export async function spool(chunks: AsyncIterable<Buffer>, mostBytes: number): Promise<RandomAccess> {
  const folder = await mkdtemp(join(tmpdir(), "ratchet-"));
  const handle = await open(join(folder, "spooled"), "wx+", 0o600);
  try {
    await rm(folder, { recursive: true });
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > mostBytes)
        throw new FileFault(
          "too-large",
          `more than ${mostBytes} bytes, and a Parquet file is kept on disk while it is read; write it as smaller files`,
        );
      await handle.writeFile(chunk);
    }
    return { bytes, read: (from, length) => readAt(handle, from, length), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
