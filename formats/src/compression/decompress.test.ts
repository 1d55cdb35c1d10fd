import { Readable } from "node:stream";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunked } from "../testing/chunked.ts";
import { type Compression, decompress } from "./decompress.ts";

const compress: Readonly<Record<Compression, (bytes: Buffer) => Buffer>> = { gzip: gzipSync, zstd: zstdCompressSync };

async function whole(chunks: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunks)).toString();
}

const undo = (bytes: Buffer, compression: Compression, chunkSize = 17, maxBytes = 1_000_000) =>
  whole(decompress(chunked(bytes, chunkSize), compression, maxBytes));

/** A frame of zstd that holds no data. */
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

describe.each(["gzip", "zstd"] as const)("a file compressed by %s", (compression) => {
  const packed = (text: string) => compress[compression](Buffer.from(text));

  test("is read to its end, of however many pieces it is made and however it is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string(), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        async (texts, size) => {
          expect(await undo(Buffer.concat(texts.map(packed)), compression, size)).toBe(texts.join(""));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([1, 20, 1000])("is refused wherever it is cut off, in chunks of %i", async (size) => {
    const bytes = Buffer.concat([packed("first, and a little more of it"), packed("second")]);
    const boundary = packed("first, and a little more of it").length;
    for (let length = 1; length < bytes.length; length += 1)
      if (length !== boundary)
        await expect(undo(bytes.subarray(0, length), compression, size), `${length} bytes`).rejects.toMatchObject({
          code: "malformed",
          message: expect.stringContaining("ends too early"),
        });
  });

  test.each([1, 20, 1000])("is refused where something else follows, in chunks of %i", async (size) => {
    for (const rest of [Buffer.from("a,b\n1,2\n"), Buffer.alloc(40)])
      await expect(undo(Buffer.concat([packed("data"), rest]), compression, size)).rejects.toMatchObject({
        code: "malformed",
      });
  });

  test("is refused as soon as it becomes larger than it may be, and no more of it is read", async () => {
    const bomb = compress[compression](Buffer.alloc(50_000_000));
    let taken = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const chunk of chunked(bomb, 100)) {
        taken += chunk.length;
        yield chunk;
      }
    }
    await expect(whole(decompress(counted(), compression, 1_000_000))).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/more than 1000000 bytes once the \w+ is undone/),
    });
    expect(taken).toBeLessThan(bomb.length);
    expect(await undo(compress[compression](Buffer.alloc(1_000_000)), compression)).toHaveLength(1_000_000);
  });

  test("lets go of the download where its reader stops early", async () => {
    const download = Readable.from(chunked(packed("x".repeat(1000)), 3));
    for await (const _ of decompress(download, compression, 10_000)) break;
    expect(download.destroyed).toBe(true);
  });

  test("passes on that the download broke off, which is no fault of the file", async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield packed("data").subarray(0, 8);
      throw Object.assign(new Error("connection reset"), { code: "ECONNRESET" });
    }
    await expect(whole(decompress(broken(), compression, 1000))).rejects.toThrow("connection reset");
  });
});

test("frames of zstd without data are passed over", async () => {
  const data = zstdCompressSync(Buffer.from("data"));
  for (const size of [1, 7, 100])
    expect(await undo(Buffer.concat([skippable, data, skippable]), "zstd", size)).toBe("data");
});
