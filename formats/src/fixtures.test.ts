import { createReadStream, globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FileFormat, formatByName } from "./recognise.ts";
import { readAll } from "./testing/read-all.ts";

const folder = join(import.meta.dirname, "../fixtures");
const files = globSync("*/*", { cwd: folder }).sort();
const fileOf = (path: string) => createReadStream(join(folder, path));

const names = ["id", "count", "ratio", "single", "price", "ok", "name", "day", "at"];
const rows = [
  "9007199254740993|1|0.1|0.1|1234567890123456.7891|true|plain|2024-03-31|2024-03-31T12:00:00.123456Z",
  '-9223372036854775807|-2|-2.5e-7|16777216|-0.0001|false|a "quoted", word|1969-12-31|1969-12-31T23:59:59.5Z',
  "3|30000|1e+21|-3.25|10.5|true|two\nlines|2000-02-29|2000-02-29T00:00:00Z",
  "4|0|3|1.1754943508222875e-38|0|false|Zürich, 東京 🙂|2038-01-20|2038-01-20T03:14:08.000001Z",
  "5||||||||",
].map((row) => row.split("|"));

const withoutZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** One text for what the tools write in more than one way; all digits are kept. */
const sameText: Readonly<Record<string, (text: string) => string>> = {
  ratio: (text) => String(Number(text)),
  // As the number in single precision that a text stands for, whatever digits follow.
  single: (text) => String(Math.fround(Number(text))),
  price: withoutZeros,
  ok: (text) => text.toLowerCase(),
  at: (text) =>
    text
      .replace(" ", "T")
      .replace(/(\+00(:?00)?|Z)$/, "")
      .replace(/(\.\d*?)0+$/, "$1")
      .replace(/\.$/, "")
      .replace(/(.)$/, "$1Z"),
};

const same = (fields: readonly string[]): readonly string[] =>
  fields.map((text, index) => (text === "" ? "" : (sameText[names[index] ?? ""]?.(text) ?? text)));

describe("a file that a real tool wrote", () => {
  const odd = /refused|nulls|many-rows|^wide/;
  const usual = files.filter((file) => !odd.test(file));

  test("is there of each format, compressed in each way, of each tool", () => {
    const kinds = (tool: string) => usual.filter((file) => file.startsWith(tool)).map((file) => formatByName(file));
    for (const tool of ["pandas", "polars", "duckdb", "spark"])
      for (const format of ["csv", "jsonl", "parquet"] satisfies FileFormat[]) expect(kinds(tool)).toContain(format);
    expect(kinds("pyarrow")).toContain("parquet");
    expect(kinds("excel")).toContain("csv");
    for (const ending of [".csv.gz", ".csv.zst", ".jsonl.gz", ".jsonl.zst", ".parquet.gz"])
      expect(
        usual.some((file) => file.endsWith(ending)),
        ending,
      ).toBe(true);
  });

  test.each(usual)("holds the rows that all others hold: %s", async (file) => {
    const { format, compression, header, records } = await readAll(fileOf(file));
    expect(format).toBe(formatByName(file));
    expect(compression).toBe(file.endsWith(".gz") ? "gzip" : file.endsWith(".zst") ? "zstd" : undefined);
    expect(header?.names).toEqual(names);
    expect(records.map(({ fields }) => same(fields))).toEqual(rows.map(same));
  });

  test.each(usual)("is read to the same rows however it is cut into chunks: %s", async (file) => {
    const whole = Buffer.concat(await Array.fromAsync(fileOf(file)));
    async function* bits(): AsyncGenerator<Buffer> {
      for (let at = 0; at < whole.length; at += 7) yield whole.subarray(at, at + 7);
    }
    expect(await readAll(bits())).toEqual(await readAll(fileOf(file)));
  });

  test.each(files.filter((file) => file.startsWith("wide")))("may have 2,000 columns: %s", async (file) => {
    const { header, records } = await readAll(fileOf(file));
    expect(header?.names).toEqual(Array.from({ length: 2000 }, (_, column) => `c${column}`));
    expect(records.map(({ fields }) => fields)).toEqual(
      [0, 1, 2].map((row) => Array.from({ length: 2000 }, (_, column) => String(row * 2000 + column))),
    );
  });

  test.each(files.filter((file) => file.includes("nulls")))("may have columns without a value: %s", async (file) => {
    const { records } = await readAll(fileOf(file));
    expect(records.map(({ fields }) => fields)).toEqual([
      ["1", "", ""],
      ["2", "", ""],
    ]);
  });

  const refusals: Readonly<Record<string, { readonly place?: object; readonly message: RegExp }>> = {
    "excel/refused-lone-returns.csv": { place: { row: 1 }, message: /carriage return without a line feed/ },
    "excel/refused-semicolons.csv": { place: { row: 3 }, message: /quote/ },
    "excel/refused-unicode-text.txt": { message: /UTF-16, as Excel writes.*save it as 'CSV UTF-8/ },
    "excel/refused-workbook.xlsx": { message: /Excel workbook; save it as CSV/ },
    "pyarrow/refused-bytes.parquet": { place: { column: "odd" }, message: /bytes/ },
    "pyarrow/refused-duration.parquet": { place: { column: "odd" }, message: /a duration/ },
    "pyarrow/refused-list.parquet": { place: { column: "odd" }, message: /nested/ },
    "pyarrow/refused-map.parquet": { place: { column: "odd" }, message: /nested/ },
    "pyarrow/refused-not-utf-8.parquet": { place: { column: "odd", rowGroup: 1 }, message: /not UTF-8/ },
    "pyarrow/refused-struct.parquet": { place: { column: "odd" }, message: /nested/ },
    "pyarrow/refused-time.parquet": { place: { column: "odd" }, message: /time of day/ },
  };

  test.each(files.filter((file) => file.includes("refused")))("is refused with words: %s", async (file) => {
    const { place = {}, message } = refusals[file] ?? expect.fail(`say why ${file} is refused`);
    await expect(readAll(fileOf(file))).rejects.toMatchObject({
      name: "FileFault",
      place,
      message: expect.stringMatching(message),
    });
  });
});
