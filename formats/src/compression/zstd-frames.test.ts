import { randomBytes } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { zstdFrames } from "./zstd-frames.ts";

const checksummed = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const frames = [
  zstdCompressSync(Buffer.alloc(0)),
  zstdCompressSync(Buffer.from("a word")),
  zstdCompressSync(Buffer.from("a word"), checksummed),
  zstdCompressSync(Buffer.alloc(300_000)),
  zstdCompressSync(randomBytes(300_000), checksummed),
  zstdCompressSync(Buffer.from("x".repeat(70_000)), { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } }),
  skippable,
];

test("a zstd file is complete at the end of each of its frames and nowhere else", () => {
  for (const frame of frames) {
    const following = zstdFrames();
    expect(following.complete).toBe(true);
    for (let at = 0; at < frame.length; at += 1) {
      following.push(frame.subarray(at, at + 1));
      if (following.complete !== (at === frame.length - 1)) expect.fail(`${at + 1} of ${frame.length} bytes`);
    }
  }
});

test("however it is cut into chunks", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...frames), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 100_000 }),
      (some, size) => {
        const whole = Buffer.concat(some);
        const following = zstdFrames();
        for (let at = 0; at < whole.length; at += size) following.push(whole.subarray(at, at + size));
        expect(following.complete).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test("what is no frame is never complete", () => {
  const following = zstdFrames();
  following.push(Buffer.from("a,b\n1,2\n"));
  expect(following.complete).toBe(false);
});
