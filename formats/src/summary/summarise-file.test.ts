import { createReadStream } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chunked } from "../testing/chunked.ts";
import { summariseColumn } from "./column-summary.ts";
import { summariseFile } from "./summarise-file.ts";

const summarise = (text: string) => summariseFile(chunked(text), { name: "a file", maxBytes: 1_000_000 });
const fixture = (path: string) =>
  summariseFile(createReadStream(join(import.meta.dirname, "../../fixtures", path)), {
    name: path,
    maxBytes: 1_000_000,
  });

function summaryOf(values: readonly string[], mostDistinct = 1000) {
  const column = summariseColumn("a", mostDistinct);
  for (const value of values) column.add(value);
  return column.end();
}

describe("what a column seems to be", () => {
  const many = Array.from({ length: 60 }, (_, index) => `word ${index}`);
  test.each([
    ["integers", ["1", "-20", "", "+3"], "integer"],
    ["0 and 1, which are integers first", ["0", "1", "1"], "integer"],
    ["numbers, one with a point", ["1", "2.0"], "number"],
    ["numbers with an exponent", ["1e-7", "3"], "number"],
    ["booleans", ["true", "False", "TRUE"], "boolean"],
    ["dates with and without a time", ["2024-03-31", "2024-03-31T12:00:00Z"], "date"],
    ["a date that does not exist", ["2024-02-30", "2024-02-30", "x", "x"], "category"],
    ["few words that come again", ["rain", "sun", "rain", "sun", "fog"], "category"],
    ["words of which none comes again", ["a", "b", "c", "d"], "text"],
    ["many words", [...many, ...many], "text"],
    ["a number among words", ["1", "x", "1", "x"], "category"],
    ["nothing", ["", ""], "empty"],
  ])("is told by all of its values: %s", (_what, values, type) => {
    expect(summaryOf(values).type).toBe(type);
  });

  test("comes with its range, how far it spreads and what is missing", () => {
    expect(summaryOf(["10", "", "-2.50", "4"])).toEqual({
      name: "a",
      type: "number",
      missing: 1,
      range: { min: "-2.50", max: "10" },
      distinct: 3,
      unique: true,
      values: expect.any(Array),
      examples: ["10", "-2.50", "4"],
      deviation: expect.closeTo(5.104, 3),
    });
    expect(summaryOf(["2024-03-01", "2023-01-01"]).range).toEqual({ min: "2023-01-01", max: "2024-03-01" });
    expect(summaryOf(["b", "a", "b"]).values).toEqual([
      { value: "b", rows: 2 },
      { value: "a", rows: 1 },
    ]);
  });

  test("is known of more different values than are counted", () => {
    const summary = summaryOf(
      Array.from({ length: 100 }, (_, index) => String(index)),
      10,
    );
    expect(summary).toMatchObject({ type: "integer", distinct: undefined, range: { min: "0", max: "99" } });
    expect(summary.values).toBeUndefined();
  });
});

describe("what a file holds", () => {
  test("is the same whatever its format", async () => {
    const [first, ...others] = await Promise.all(
      ["pyarrow/row-groups.parquet", "spark/lz4.parquet", "spark/gzip.csv.gz"].map(fixture),
    );
    const typesOf = (summary: typeof first) => summary?.columns.map(({ name, type, missing }) => [name, type, missing]);
    expect(typesOf(first)).toEqual([
      ["id", "integer", 0],
      ["count", "integer", 1],
      ["ratio", "number", 1],
      ["single", "number", 1],
      ["price", "number", 1],
      ["ok", "boolean", 1],
      ["name", "text", 1],
      ["day", "date", 1],
      ["at", "date", 1],
    ]);
    for (const other of others) expect(typesOf(other)).toEqual(typesOf(first));
  });

  test("counts a key as missing in the rows before it came up", async () => {
    const { rows, columns } = await summarise('{"a":1}\n{"a":2}\n{"b":3}\n');
    expect(rows).toBe(3);
    expect(columns.map(({ name, missing }) => [name, missing])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  test("is not said of a file whose header has a column twice", async () => {
    await expect(summarise("a,a\n1,2\n")).rejects.toThrow("the header has a column twice");
  });
});
