import { expandColumns } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { hintOf } from "../csv/csv.ts";
import { weather } from "../testing/weather.ts";
import { placeColumns } from "./file-columns.ts";

const columns = expandColumns(weather.data.schema);
const place = (header: string) => {
  const names = header.split(",");
  return placeColumns({ line: 1, names, hint: hintOf(names) }, columns);
};

describe("the header", () => {
  test("may have the schema's columns in any order", () => {
    expect(place("weather,wind,rain,date")).toEqual([3, 2, 1, 0]);
  });

  test.each([
    ["lacks a column", "date,rain,weather", "wind", "lacks the column wind"],
    ["lacks several", "date", "rain", "lacks the columns rain, wind, weather"],
    ["has one that the schema has not", "date,rain,wind,weather,snow", "snow", "the column snow"],
    ["has one twice", "date,rain,wind,weather,rain", "rain", "twice"],
    ["spells one in another case", "Date,rain,wind,weather", "date", "lacks the column date"],
  ])("is refused at line 1 where it %s", (_what, header, column, message) => {
    expect(() => place(header)).toThrow(
      expect.objectContaining({
        code: "schema-mismatch",
        place: { row: 1, column },
        message: expect.stringContaining(message),
      }),
    );
  });

  test("may leave out a column that has a default", () => {
    const [first, ...rest] = columns;
    const more = [...rest, { ...(first ?? expect.fail()), default: "2024-01-01" }];
    expect(placeColumns({ line: 1, names: ["rain", "wind", "weather"] }, more)).toEqual([0, 1, 2, undefined]);
  });

  test("is told apart from data in line 1", () => {
    expect(() => place("1,2.5,,4")).toThrow(/line 1 seems to be data/);
  });

  test("is told that it is separated by semicolons", () => {
    expect(() => place("date;rain;wind;weather")).toThrow(/separated by semicolons/);
  });
});
