import { isUtf8 } from "node:buffer";

/** Text as far as it could be read, and what stopped the reading. */
interface Decoded {
  readonly text: string;
  readonly fault?: string;
}

export interface TextDecoding {
  push(chunk: Buffer): Decoded;
  /** After the last chunk. */
  end(): Decoded;
}

/** How many bytes at the end begin a character that goes on in the next chunk: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

/** The length of the longest start that is UTF-8, by bisection: the built-in decoder does not say where it stopped. */
function validLength(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const start = bytes.subarray(0, middle);
    if (isUtf8(start.subarray(0, middle - incompleteTail(start)))) good = middle;
    else bad = middle;
  }
  return good;
}

const hexadecimal = (byte: number) => `0x${byte.toString(16).padStart(2, "0")}`;

/**
 * Decodes a file of UTF-8 text chunk by chunk, a byte order mark left out. Text before a fault is still given, so that
 * what is wrong further up in the file is found first.
 */
export function decodeText(): TextDecoding {
  let carry: Buffer = Buffer.alloc(0);
  let begun = false;
  const withoutMark = (text: string): string => {
    if (begun || text === "") return text;
    begun = true;
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  };
  return {
    push(chunk) {
      const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk;
      const zero = bytes.indexOf(0);
      const whole = zero < 0 ? bytes.subarray(0, bytes.length - incompleteTail(bytes)) : bytes.subarray(0, zero);
      if (!isUtf8(whole)) {
        const length = validLength(whole);
        const good = whole.subarray(0, length - incompleteTail(whole.subarray(0, length)));
        const fault = `byte ${hexadecimal(whole[good.length] ?? 0)} is not UTF-8 text; save the file as UTF-8`;
        return { text: withoutMark(good.toString("utf8")), fault };
      }
      const text = withoutMark(whole.toString("utf8"));
      if (zero >= 0) return { text, fault: "a NUL byte: this is not a text file; drop text in UTF-8" };
      carry = bytes.subarray(whole.length);
      return { text };
    },
    end: () =>
      carry.length > 0
        ? { text: "", fault: "the file ends in the middle of a character; drop it again whole" }
        : { text: "" },
  };
}
