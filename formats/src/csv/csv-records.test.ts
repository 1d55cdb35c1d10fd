import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvRecord, csvRecords } from "./csv-records.ts";

function read(text: string, chunkSize = 5, longestRecord = 1000): readonly CsvRecord[] {
  const reading = csvRecords(longestRecord);
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += chunkSize) records.push(...reading.push(text.slice(at, at + chunkSize)));
  return [...records, ...reading.end()];
}

describe("reading CSV", () => {
  test("names the line on which each record begins", () => {
    expect(read('a,b\n1,"x\ny"\n\n3,4')).toEqual([
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ["1", "x\ny"] },
      { line: 5, fields: ["3", "4"] },
    ]);
  });

  test("takes CRLF for a line break wherever a chunk ends", () => {
    for (const chunkSize of [1, 2, 3, 4])
      expect(read("a,b\r\n1,2\r\n", chunkSize).map(({ fields }) => fields)).toEqual([
        ["a", "b"],
        ["1", "2"],
      ]);
  });

  test("reads what the CSV parser reads, whatever the fields hold and however the text is cut", () => {
    const field = fc.oneof(fc.string(), fc.constantFrom("", '"', ",", "\n", 'a "b"', "1.5"));
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 7 }), (rows, chunkSize) => {
        const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const text = rows.map((fields) => `${fields.map(quote).join(",")}\n`).join("");
        const expected: unknown = parse(text, { relax_column_count: true, record_delimiter: "\n" });
        expect(read(text, chunkSize).map(({ fields }) => fields)).toEqual(expected);
      }),
    );
  });

  test.each([
    ["a quote is never closed", 'a,b\n1,"2\n3,4\n', 2, "never closed"],
    ["text follows a closing quote", 'a,b\n1,"2"x\n', 2, "follows a closing quote"],
    ["a quote stands inside an unquoted field", 'a,b\n5" nail,2" nail\n', 2, "inside an unquoted field"],
    ["a later line of a record is wrong", 'a,b\n"1\n",5""\n', 3, "inside an unquoted field"],
  ])("names the line where %s", (_what, text, row, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: "malformed", place: { row }, message: expect.stringContaining(message) }),
    );
  });

  test("gives up on a quote that swallows the file before it fills the memory", () => {
    const endless = `a,b\n1,"2${"\nmore,more".repeat(200)}`;
    expect(() => read(endless, 50, 500)).toThrow(expect.objectContaining({ place: { row: 2 } }));
  });

  test("gives up on a line without an end before it fills the memory", () => {
    expect(() => read("x".repeat(2000), 50, 500)).toThrow(/more than 500 characters/);
  });
});
