import { describe, expect, test } from "vitest";
import type { Part } from "../record-reader.ts";
import { chunked } from "../testing/chunked.ts";
import { readCsv } from "./csv.ts";

/** What is read of a text, and the error that ends the reading. */
async function read(text: string, size = 1000): Promise<{ readonly parts: readonly Part[]; readonly error?: unknown }> {
  const parts: Part[] = [];
  try {
    for await (const some of readCsv(chunked(text, size), { longestRecord: 1000, maxBytes: 10_000 }))
      for (const part of some) parts.push(part);
    return { parts };
  } catch (error) {
    return { parts, error };
  }
}

describe("a CSV file", () => {
  test("is a header, with the line it stands on, and its records", async () => {
    const parts = [
      { line: 2, names: ["a", "b"] },
      { line: 3, fields: ["1", "2"] },
      { line: 4, fields: ["3", "4"] },
    ];
    for (const size of [1, 5, 1000]) expect(await read("\na,b\n1,2\n3,4\n", size)).toEqual({ parts });
  });

  test("of which a record is not as wide as the header is read up to there, in whatever chunks it comes", async () => {
    const error = expect.objectContaining({ code: "malformed", place: { row: 3 } });
    for (const size of [1, 1000]) {
      const { parts, error: thrown } = await read("a,b\n1,2\n3\n4,5\n", size);
      expect(parts).toHaveLength(2);
      expect(thrown).toEqual(error);
    }
  });

  test.each(["", "\n\r\n\n"])("that has no line with anything on it is empty (%j)", async (text) => {
    expect(await read(text)).toEqual({ parts: [], error: expect.objectContaining({ code: "empty-file", place: {} }) });
  });

  test("says with its header what may be wrong with it", async () => {
    expect((await read("a;b\n")).parts).toEqual([{ line: 1, names: ["a;b"], hint: expect.stringContaining("commas") }]);
    expect((await read("1,2.5\n")).parts).toEqual([
      { line: 1, names: ["1", "2.5"], hint: expect.stringContaining("data") },
    ]);
  });
});
