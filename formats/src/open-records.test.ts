import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { inspectFile } from "./check/inspect-file.ts";
import { formatByName } from "./recognise.ts";
import { chunked } from "./testing/chunked.ts";
import { readAll } from "./testing/read-all.ts";
import { csv, header, rows, weather } from "./testing/weather.ts";

const text = "a,b\n1,2\n";

describe("a file", () => {
  test.each([
    ["CSV", text, "csv"],
    ["CSV behind blank lines", `\n\r\n${text}`, "csv"],
    ["CSV shorter than any magic number", "a", "csv"],
    ["JSON Lines", '{"a":1}\n', "jsonl"],
    ["JSON Lines behind a byte order mark and blanks", '\ufeff\n  {"a":1}\n', "jsonl"],
  ])("is recognised as %s by its content, however it is compressed and cut", async (_what, content, format) => {
    for (const size of [1, 1000]) {
      expect((await readAll(chunked(content, size))).format).toBe(format);
      expect(await readAll(chunked(gzipSync(content), size))).toMatchObject({ format, compression: "gzip" });
      expect(await readAll(chunked(zstdCompressSync(Buffer.from(content)), size))).toMatchObject({
        format,
        compression: "zstd",
      });
    }
  });

  test.each([
    ["nothing", Buffer.alloc(0), "empty-file", /is empty/],
    ["nothing, compressed", gzipSync(""), "empty-file", /is empty/],
    ["a file that is compressed twice", gzipSync(gzipSync(text)), "malformed", /compressed twice/],
    ["UTF-16", Buffer.from(`\ufeff${text}`, "utf16le"), "malformed", /UTF-16, as Excel/],
    ["UTF-16 without a mark", Buffer.from(text, "utf16le"), "malformed", /UTF-16/],
    ["a workbook", Buffer.from("PK\u0003\u0004 and more of it"), "malformed", /Excel workbook; save it as CSV/],
    ["an encrypted Parquet file", Buffer.from("PARE and more of it"), "malformed", /encrypted/],
    ["an Arrow file", Buffer.from("ARROW1 and more of it"), "malformed", /write it as Parquet/],
    ["bzip2", Buffer.from("BZh91AY&SY and more"), "malformed", /bzip2; compress it by gzip or zstd/],
    [
      "binary of no known kind",
      Buffer.from([1, 2, 3, 0, 0xff, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]),
      "malformed",
      /NUL|not UTF-8/,
    ],
    ["a JSON array", '[\n  {"a":1}\n]', "malformed", /one JSON array; write its objects one per line/],
  ])("that is %s is refused with what to do about it", async (_what, content, code, message) => {
    await expect(readAll(chunked(content))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("of another format than is wanted is refused, both named", async () => {
    await expect(readAll(chunked('{"a":1}'), { format: "csv" })).rejects.toMatchObject({
      code: "schema-mismatch",
      message: "the file is JSON Lines, and data.format takes CSV only; convert the file, or set data.format to any",
    });
    expect((await readAll(chunked(text), { format: "csv" })).records).toHaveLength(1);
  });

  test("of another name than its content is read, and told of its name only where something is wrong", async () => {
    const good = csv([header, ...rows(20)]);
    const { rows: split } = await inspectFile(chunked(good), weather, "weather/monday.parquet");
    expect(split.train + split.holdout).toBe(20);
    const said = "the name says Parquet, and the content was read as CSV";
    for (const bad of ["date,rain\n", csv([header, "2024-05-01,1"])])
      await expect(inspectFile(chunked(bad), weather, "weather/monday.parquet")).rejects.toThrow(said);
    await expect(inspectFile(chunked("date,rain\n"), weather, "weather/monday.csv.gz")).rejects.toThrow(
      /wind, weather$/,
    );
  });

  test("that is compressed is bounded by what it becomes", async () => {
    const large = gzipSync(csv([header, ...rows(5000)]));
    const limited = (maxBytes: number) =>
      inspectFile(chunked(large), { ...weather, data: { ...weather.data, maxBytes } });
    await expect(limited(50_000)).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringContaining("data.maxBytes"),
    });
    expect((await limited(1_000_000)).bytes).toBe(large.length);
  });
});

test.each([
  ["a/b.csv", "csv"],
  ["B.CSV.GZ", "csv"],
  ["x.ndjson.zst", "jsonl"],
  ["x.parquet", "parquet"],
  ["x.data", undefined],
])("the name %s speaks of %s", (name, format) => {
  expect(formatByName(name)).toBe(format);
});
