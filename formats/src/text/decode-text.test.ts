import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText } from "./decode-text.ts";

function decode(bytes: Buffer, chunkSize: number) {
  const decoding = decodeText();
  let text = "";
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const read = decoding.push(bytes.subarray(at, at + chunkSize));
    text += read.text;
    if (read.fault) return { text, fault: read.fault };
  }
  const { fault } = decoding.end();
  return { text, ...(fault ? { fault } : {}) };
}

describe("decoding a file", () => {
  test("gives the same text however it is cut into chunks", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 9 }), (text, chunkSize) => {
        const clean = text.replaceAll("\0", "").replace(/^\ufeff+/, "");
        expect(decode(Buffer.from(clean), chunkSize)).toEqual({ text: clean });
      }),
    );
  });

  test("leaves a byte order mark out", () => {
    expect(decode(Buffer.from("\ufeffa,b"), 2)).toEqual({ text: "a,b" });
  });

  test("keeps a byte order mark that is not at the start", () => {
    expect(decode(Buffer.from("a\ufeffb"), 1)).toEqual({ text: "a\ufeffb" });
  });

  test.each([1, 3, 64])(
    "stops at a byte that is no UTF-8 and gives all text before it, in chunks of %i",
    (chunkSize) => {
      const bytes = Buffer.concat([Buffer.from("Zürich,€\nlast"), Buffer.from([0xe9, 0x2c]), Buffer.from("more")]);
      const { text, fault } = decode(bytes, chunkSize);
      expect(text).toBe("Zürich,€\nlast");
      expect(fault).toContain("0xe9 is not UTF-8");
    },
  );

  test("stops at a NUL byte, which no text has", () => {
    expect(decode(Buffer.from("a,b\n1\0,2"), 64)).toEqual({ text: "a,b\n1", fault: expect.stringContaining("NUL") });
  });

  test("says that UTF-16 is not UTF-8 at its first byte", () => {
    const { text, fault } = decode(Buffer.from([0xff, 0xfe, 0x61, 0xd8]), 64);
    expect(text).toBe("");
    expect(fault).toContain("0xff");
  });

  test("misses the end of a character that was cut off", () => {
    expect(decode(Buffer.from("a€").subarray(0, 3), 64)).toEqual({
      text: "a",
      fault: expect.stringContaining("middle of a character"),
    });
  });
});
