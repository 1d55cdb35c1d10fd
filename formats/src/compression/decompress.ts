import type { Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { FileFault } from "../file-fault.ts";
import { type Taking, takingFrom } from "./taking.ts";
import { zstdFrames } from "./zstd-frames.ts";

export type Compression = "gzip" | "zstd";

/** In bytes: how much an engine gives at a time. */
const chunkSize = 64 * 1024;

const engines: Readonly<Record<Compression, () => Transform & { readonly bytesWritten: number }>> = {
  gzip: () => createGunzip({ chunkSize }),
  // Refuses by itself what was compressed with a window of more than 128 MB, which it would have to keep.
  zstd: () => createZstdDecompress({ chunkSize }),
};

const cutOff = (compression: Compression): FileFault =>
  new FileFault("malformed", `the ${compression} data ends too early; drop the file again whole`);

/** The words for what zlib says; anything else, such as a download that breaks off, stays what it is. */
function faultOf(error: unknown, compression: Compression): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "Z_BUF_ERROR")
    return new FileFault("malformed", `the ${compression} data ends too early; drop the file again whole`);
  if (!(error instanceof Error) || !/^(Z_|ZSTD_)/.test(code)) return error;
  return new FileFault(
    "malformed",
    `the ${compression} data is damaged, or something else follows it (${error.message}); compress the file again`,
  );
}

/** Decompresses until the engine ends: at the end of a frame of zstd, or of the last member of gzip. */
async function* piece(input: Taking, compression: Compression): AsyncGenerator<Buffer> {
  const engine = engines[compression]();
  let fed = 0;
  let last: Buffer = Buffer.alloc(0);
  let over = () => {};
  engine.once("end", () => over()).once("close", () => over());
  async function feed(): Promise<void> {
    for (let chunk = await input.next(); chunk; chunk = await input.next()) {
      last = chunk;
      fed += chunk.length;
      await new Promise<void>((resolve) => {
        over = resolve;
        engine.write(chunk, () => resolve());
      });
      // An engine that has ended leaves the rest of what it was fed.
      if (engine.bytesWritten < fed) return;
    }
    engine.end();
  }
  const feeding = feed().catch((error: Error) => void engine.destroy(error));
  try {
    yield* engine;
  } finally {
    engine.destroy();
    await feeding;
  }
  input.giveBack(last.subarray(last.length - (fed - engine.bytesWritten)));
}

/** Passes a file on, and sees to it that its last frame is whole. */
async function* wholeFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = zstdFrames();
  for await (const chunk of chunks) {
    frames.push(chunk);
    yield chunk;
  }
  if (!frames.complete) throw cutOff("zstd");
}

/**
 * Decompresses a file as it comes; memory does not grow with it. Members of gzip and frames of zstd that follow each other
 * are one file: both tools write such, and Node stops after the first frame of zstd without a word.
 * @param maxBytes in bytes: how large the file may become.
 * @throws {FileFault} when the data is damaged, ends too early or becomes too large.
 */
export async function* decompress(
  chunks: AsyncIterable<Buffer>,
  compression: Compression,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const input = takingFrom(compression === "zstd" ? wholeFrames(chunks) : chunks);
  let bytes = 0;
  try {
    while (await input.more())
      for await (const chunk of piece(input, compression)) {
        bytes += chunk.length;
        if (bytes > maxBytes)
          throw new FileFault(
            "too-large",
            `more than ${maxBytes} bytes once the ${compression} is undone, and data.maxBytes allows no more; drop it in smaller files or raise the limit`,
          );
        yield chunk;
      }
  } catch (error) {
    throw faultOf(error, compression);
  } finally {
    await input.close();
  }
}
