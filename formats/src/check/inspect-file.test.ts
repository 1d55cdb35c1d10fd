import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonOf } from "../file-fault.ts";
import { chunked } from "../testing/chunked.ts";
import { csv, header, rows, weather } from "../testing/weather.ts";
import { fileRows, type Row } from "./file-rows.ts";
import { checkSize, inspectFile } from "./inspect-file.ts";

const inspect = (content: string | Buffer) => inspectFile(chunked(content), weather);

async function rowsOf(content: string): Promise<readonly Row[]> {
  const all: Row[] = [];
  for await (const some of fileRows(chunked(content), weather)) all.push(...some);
  return all;
}

const sides = async (content: string) =>
  new Map((await rowsOf(content)).map(({ fields, side }) => [fields.join("|"), side]));

describe("inspecting a file", () => {
  test("tells its digest, its size and how its rows are split", async () => {
    const content = csv([header, ...rows(400)]);
    const { contentSha256, bytes, rows: split } = await inspect(content);
    expect(contentSha256).toBe(createHash("sha256").update(content).digest("hex"));
    expect(bytes).toBe(content.length);
    expect(split.train + split.holdout).toBe(400);
    expect(split.holdout).toBeGreaterThan(60);
    expect(split.holdout).toBeLessThan(140);
  });

  test("reads columns in any order, quotes, CRLF and a byte order mark", async () => {
    const shuffled = `\ufeff"weather",wind,rain,date\r\n"fog, dense",,1,2024-01-01\r\nsun,1,0,2024-01-02\r\n`;
    expect((await rowsOf(shuffled)).map(({ fields }) => fields)).toEqual([
      ["2024-01-01", "1", "", "fog, dense"],
      ["2024-01-02", "0", "1", "sun"],
    ]);
  });

  test("puts a row on the same side whatever file it comes in and wherever it stands there", async () => {
    const whole = await sides(csv([header, ...rows(50)]));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...rows(50)], { minLength: 1 }), async (some) => {
        for (const [row, side] of await sides(csv([header, ...some]))) expect(whole.get(row)).toBe(side);
      }),
      { numRuns: 30 },
    );
  });

  const good = rows(3);
  test.each([
    ["has too few fields", csv([header, ...good, "2024-05-01,1"]), "malformed", 5, undefined, "2 fields"],
    ["has too many fields", csv([header, "2024-05-01,1,1,sun,1"]), "malformed", 2, undefined, "5 fields"],
    [
      "has no number where one is due",
      csv([header, ...good, "2024-05-01,x,1,sun"]),
      "schema-mismatch",
      5,
      "rain",
      '"x"',
    ],
    ["has a number out of range", csv([header, "2024-05-01,-1,1,sun"]), "schema-mismatch", 2, "rain", "less than 0"],
    ["has an unknown category", csv([header, "2024-05-01,1,1,hail"]), "schema-mismatch", 2, "weather", "hail"],
    ["has a day that does not exist", csv([header, "2024-02-30,1,1,sun"]), "schema-mismatch", 2, "date", "2024-02-30"],
    ["leaves a required field empty", csv([header, "2024-05-01,,1,sun"]), "schema-mismatch", 2, "rain", "empty"],
    ["leaves a quote open", csv([header, ...good, '2024-05-01,1,1,"sun']), "malformed", 5, undefined, "never closed"],
    ["lacks a column", csv(["date,rain,weather"]), "schema-mismatch", 1, "wind", "lacks"],
    ["is binary", csv([header, ...good, "2024\0"]), "malformed", 5, undefined, "NUL"],
    ["has a header only", csv([header]), "empty-file", undefined, undefined, "no rows"],
    ["has line breaks only", "\n\n\r\n", "empty-file", undefined, undefined, "empty"],
  ])("refuses a file that %s, naming row and column", async (_what, content, code, row, column, message) => {
    const place = { ...(row === undefined ? {} : { row }), ...(column === undefined ? {} : { column }) };
    await expect(inspect(content)).rejects.toMatchObject({ code, place, message: expect.stringContaining(message) });
  });

  test("refuses Latin-1 at the row where it first differs from UTF-8", async () => {
    const latin1 = Buffer.from(csv([header, ...good, "2024-05-01,1,1,fög"]), "latin1");
    await expect(inspect(latin1)).rejects.toMatchObject({ code: "malformed", place: { row: 5 } });
  });

  test("names the first fault even where a later one breaks the whole chunk", async () => {
    const twice = Buffer.concat([Buffer.from(csv([header, "2024-05-01,x,1,sun"])), Buffer.from([0xff])]);
    await expect(inspectFile(chunked(twice, 1000), weather)).rejects.toMatchObject({
      place: { row: 2, column: "rain" },
    });
  });

  test("takes a file of which all rows are held out: others train", async () => {
    const held = (await rowsOf(csv([header, ...rows(50)]))).find(({ side }) => side === "holdout");
    expect(await inspect(csv([header, (held?.fields ?? []).join(",")]))).toMatchObject({
      rows: { train: 0, holdout: 1 },
    });
  });

  test("says where in which file the fault is", async () => {
    const fault: unknown = await inspect(csv([header, "2024-05-01,x,1,sun"])).catch((error: unknown) => error);
    expect(reasonOf("weather/may.csv", fault as never)).toBe(
      'weather/may.csv, line 2, column rain: "x" is not a number',
    );
  });
});

describe("the size of a file", () => {
  test("is refused at nothing and above the limit, and taken at the limit", () => {
    expect(() => checkSize(0, { maxBytes: 10 })).toThrow(expect.objectContaining({ code: "empty-file" }));
    expect(() => checkSize(11, { maxBytes: 10 })).toThrow(expect.objectContaining({ code: "too-large" }));
    expect(() => checkSize(10, { maxBytes: 10 })).not.toThrow();
  });
});
