import { describe, expect, test } from "vitest";
import { inspectFile } from "../check/inspect-file.ts";
import { chunked } from "../testing/chunked.ts";
import { readAll } from "../testing/read-all.ts";
import { rows, weather } from "../testing/weather.ts";

const read = (text: string | Buffer, columns?: readonly string[], chunkSize = 17) =>
  readAll(chunked(text, chunkSize), { columns, longestRecord: 2000 });

describe("a file of JSON Lines", () => {
  test("has the columns of the schema, in whatever order its keys come, those that are not there missing", async () => {
    for (const chunkSize of [1, 5, 1000]) {
      const { format, header, records } = await read(
        '\ufeff{"b":1,"a":"x"}\r\n\n{"a":null}\n{"c":true}',
        ["a", "b", "c"],
        chunkSize,
      );
      expect(format).toBe("jsonl");
      expect(header).toEqual({ names: ["a", "b", "c"] });
      expect(records).toEqual([
        { line: 1, fields: ["x", "1", ""] },
        { line: 3, fields: ["", "", ""] },
        { line: 4, fields: ["", "", "true"] },
      ]);
    }
  });

  test("has its own keys for columns where no schema is known, as they come", async () => {
    const { header, records } = await read('{"a":1}\n{"b":2,"a":3}\n');
    expect(header?.names).toEqual(["a", "b"]);
    expect(records.map(({ fields }) => fields)).toEqual([["1"], ["3", "2"]]);
  });

  test.each([
    ["is no object", '{"a":1}\n[1]\n', "malformed", { row: 2 }, "not a JSON object"],
    ["is spread over lines", '{\n"a": 1\n}\n', "malformed", { row: 1 }, "write each object on one line"],
    ["has Python's NaN", '{"a": NaN}\n', "malformed", { row: 1 }, "write null"],
    ["has a key twice", '{"a":1,"b":2,"a":null}\n', "malformed", { row: 1, column: "a" }, "this key twice"],
    ["has a key that is no column", '{"a":1}\n{"d":2}\n', "schema-mismatch", { row: 2, column: "d" }, "no such column"],
    ["has an object for a value", '{"a":{"x":1}}\n', "schema-mismatch", { row: 1, column: "a" }, "an object"],
    ["has an array for a value", '{"a":[]}\n', "schema-mismatch", { row: 1, column: "a" }, "an array"],
    ["is too long", `{"a":"${"x".repeat(3000)}"}\n`, "malformed", { row: 1 }, "more than 2000 characters"],
    ["has a NUL byte", '{"a":1}\n{"a":"\0"}\n', "malformed", { row: 2 }, "NUL"],
  ])("is refused where a line %s, by line and key", async (_what, text, code, place, message) => {
    await expect(read(text, ["a", "b"])).rejects.toMatchObject({
      code,
      place,
      message: expect.stringContaining(message),
    });
  });

  test("is refused at the line where it is not UTF-8", async () => {
    const latin = Buffer.from('{"a":1}\n{"a":"ö"}\n', "latin1");
    await expect(read(latin)).rejects.toMatchObject({
      place: { row: 2 },
      message: expect.stringContaining("not UTF-8"),
    });
  });

  test("is held to the schema as a CSV file is, by line and column", async () => {
    const objects = rows(60).map((row) => {
      const [date, rain, wind, sky] = row.split(",");
      return JSON.stringify({
        weather: sky,
        date,
        rain: Number(rain),
        ...(wind === "0" ? {} : { wind: Number(wind) }),
      });
    });
    const inspect = (lines: readonly string[]) => inspectFile(chunked(lines.join("\n")), weather, "weather.jsonl");
    expect((await inspect(objects)).rows.train).toBeGreaterThan(30);
    await expect(inspect([...objects, '{"date":"2024-05-01","rain":-1,"weather":"sun"}'])).rejects.toMatchObject({
      code: "schema-mismatch",
      place: { row: 61, column: "rain" },
      message: "-1 is less than 0",
    });
    await expect(inspect([...objects, '{"date":"2024-05-01","weather":"sun"}'])).rejects.toMatchObject({
      place: { row: 61, column: "rain" },
      message: "is empty",
    });
  });
});
