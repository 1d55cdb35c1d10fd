import { execFile } from "node:child_process";
import { createReadStream, globSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inspectFile } from "../check/inspect-file.ts";
import { FileFault, reasonOf } from "../file-fault.ts";
import { chunked } from "../testing/chunked.ts";
import { readAll } from "../testing/read-all.ts";
import { weather } from "../testing/weather.ts";
import { openColumnChunk, type Page, readRows } from "./column-chunk.ts";
import { readFooter } from "./footer.ts";
import { keptPages } from "./page-values.ts";
import { spool } from "./spool.ts";

const folder = join(import.meta.dirname, "../../fixtures");
const fixture = (path: string) => readFileSync(join(folder, path));

/** What becomes of a file: its rows, or the fault it is refused for; anything else is thrown. */
async function outcome(bytes: Buffer): Promise<string> {
  try {
    return JSON.stringify((await readAll(chunked(bytes, 4096), { maxBytes: 1_000_000 })).records);
  } catch (error) {
    if (error instanceof FileFault) return reasonOf("file", error);
    throw error;
  }
}

describe("a Parquet file", () => {
  test("names the row group beside the row where a field does not fit the schema", async () => {
    const data = { ...weather.data, label: "ok", schema: [{ name: "id" }, { name: "ok", type: "boolean" }] };
    const all = ["id", "count", "ratio", "single", "price", "ok", "name", "day", "at"];
    const schema = all.map((name) => ({
      name,
      type:
        name === "ok" ? "boolean" : name === "name" ? "category" : name === "day" || name === "at" ? "date" : "number",
      ...(name === "name" ? { values: ["plain", 'a "quoted", word', "two\nlines"] } : {}),
      optional: true,
      feature: true,
    }));
    const definition = { ...weather, data: { ...data, schema } } as unknown as typeof weather;
    const error: unknown = await inspectFile(
      createReadStream(join(folder, "pyarrow/row-groups.parquet")),
      definition,
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "schema-mismatch", place: { row: 4, rowGroup: 2, column: "name" } });
    expect(reasonOf("w/x.parquet", error as FileFault)).toMatch(
      /^w\/x\.parquet, row 4 \(row group 2\), column name: "Zürich/,
    );
  });

  test("is refused wherever it is cut off", async () => {
    const whole = fixture("duckdb/snappy.parquet");
    for (let length = 4; length < whole.length; length += 13)
      expect(await outcome(whole.subarray(0, length)), `${length} bytes`).toMatch(
        /^file: a Parquet file that does not end/,
      );
  });

  test("of which bytes are damaged is refused with words or read to other values, and nothing else becomes of it", async () => {
    const files = [
      "pyarrow/encodings",
      "pyarrow/lengths",
      "pyarrow/row-groups",
      "duckdb/zstd",
      "spark/lz4",
      "polars/brotli",
      "spark/version-2",
    ];
    const wholes = files.map((file) => fixture(`${file}.parquet`));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...wholes),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (whole, flips) => {
          const damaged = Buffer.from(whole);
          for (const [at, value] of flips) damaged[4 + (at % (damaged.length - 8))] = value;
          if (!(await outcome(damaged)).startsWith("[")) refused += 1;
        },
      ),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(50);
  }, 60_000);

  test.each(["pyarrow/encodings", "spark/none"])(
    "that has checksums is refused where any byte of a page is another: %s",
    async (name) => {
      const whole = fixture(`${name}.parquet`);
      const [expected, footer] = [await outcome(whole), whole.readUInt32LE(whole.length - 8) + 8];
      expect(expected).toMatch(/^\[/);
      let refused = 0;
      for (let at = 4; at < whole.length - footer; at += 3) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ 0x10;
        const became = await outcome(damaged);
        if (became !== expected) expect(became).not.toMatch(/^\[/);
        if (became.includes("checksum")) refused += 1;
      }
      expect(refused).toBeGreaterThan(50);
    },
  );

  test("of more rows than may come of it as text is refused before any is read", async () => {
    const bytes = fixture("pyarrow/many-rows.parquet");
    expect(bytes.length).toBeLessThan(20_000);
    await expect(readAll(chunked(bytes, 4096), { maxBytes: 3_000_000 })).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/^2000000 rows of 2 columns are more than 3000000 bytes as text/),
    });
    // Rows of six characters: the count lets it pass, the text does not.
    await expect(readAll(chunked(bytes, 4096), { maxBytes: 5_000_000 })).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/^more than 5000000 bytes as text/),
    });
  });

  test("of far more rows than fit into memory is read in memory that does not grow with them", async () => {
    const program = join(import.meta.dirname, "../testing/count-rows.ts");
    const heap = ["--max-old-space-size=40", "--max-semi-space-size=4", "--disable-warning=ExperimentalWarning"];
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...heap,
      program,
      join(folder, "pyarrow/many-rows.parquet"),
    ]);
    const { rows, grown } = JSON.parse(stdout);
    expect(rows).toBe(2_000_000);
    expect(grown).toBeLessThan(80_000_000);
  }, 120_000);

  test("leaves nothing on the disk, however the reading ends", async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => /^ratchet-\w{6}$/.test(name));
    const before = left();
    const bytes = fixture("pandas/zstd.parquet");
    await readAll(chunked(bytes));
    await expect(readAll(chunked(bytes.subarray(0, 100)))).rejects.toThrow();
    await expect(spool(chunked(bytes), 1000)).rejects.toMatchObject({ code: "too-large" });
    expect(left()).toEqual(before);
  });
});

describe("a column in a row group", async () => {
  const file = await spool(chunked(fixture("pyarrow/pages-of-version-2.parquet")), 1_000_000);
  const metadata = await readFooter(file);
  const meta = metadata.row_groups[0]?.columns[0]?.meta_data ?? expect.fail("there is a column");
  const element = metadata.schema[1] ?? expect.fail("it has an element");
  const column = { element, meaning: { text: String } };
  const open = (rows: number, changed: object = {}) => openColumnChunk(file, { ...meta, ...changed }, column, rows);

  test("gives any rows that are asked for, from whatever pages", async () => {
    const chunk = await open(5);
    expect(chunk.pages.length).toBeGreaterThan(1);
    const all = await readRows(file, chunk, { from: 0, to: 5 }, keptPages(0));
    expect(all).toHaveLength(5);
    for (const kept of [keptPages<Page>(0), keptPages<Page>(1_000_000)])
      for (let from = 0; from < 5; from += 1)
        for (let to = from + 1; to <= 5; to += 1)
          expect(await readRows(file, chunk, { from, to }, kept)).toEqual(all.slice(from, to));
  });

  test("decodes each page once where there is room to keep it, and again for each of its rows where there is none", async () => {
    const chunk = await open(5);
    async function readsOf(mostBytes: number): Promise<number> {
      let reads = 0;
      const counted = {
        ...file,
        read: (from: number, length: number) => {
          reads += 1;
          return file.read(from, length);
        },
      };
      const kept = keptPages<Page>(mostBytes);
      for (let row = 0; row < 5; row += 1) await readRows(counted, chunk, { from: row, to: row + 1 }, kept);
      return reads;
    }
    const dictionaries = chunk.dictionary ? 1 : 0;
    expect(await readsOf(1_000_000)).toBe(chunk.pages.length * (1 + dictionaries));
    expect(await readsOf(0)).toBe(5 * (1 + dictionaries));
  });

  test.each([
    ["holds fewer values than the row group has rows", 6, {}, /holds 5 values where the row group has 6 rows/],
    ["holds more", 4, {}, /holds 5 values where the row group has 4 rows/],
    ["ends before it has its values", 6, { num_values: 6n }, /holds 5 values where the row group has 6 rows/],
    ["has a page that goes beyond its rows", 3, { num_values: 3n }, /more values than the row group has rows/],
    ["lies outside the file", 5, { total_compressed_size: 10_000_000n }, /outside the file/],
    ["begins at no place", 5, { data_page_offset: -4n, dictionary_page_offset: undefined }, /outside the file/],
  ])("that %s is refused", async (_what, rows, changed, message) => {
    await expect(open(rows, changed)).rejects.toThrow(message);
  });
});

test("there are fixtures of every codec", () => {
  expect(
    globSync("*/{snappy,gzip,brotli,zstd,lz4,lz4_raw,uncompressed,none}.parquet", { cwd: folder }).length,
  ).toBeGreaterThan(20);
});
