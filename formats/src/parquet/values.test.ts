import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  halfOfBytes,
  integerOfBytes,
  nanosecondsOfInt96,
  textOfBytes,
  textOfDays,
  textOfDecimal,
  textOfDouble,
  textOfFloat,
  textOfInstant,
  textOfUuid,
} from "./values.ts";

describe("the text of a value", () => {
  test("of a float is read back as the same float, and no shorter one is", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = textOfFloat(value);
        expect(Math.fround(Number(text))).toBe(value === 0 ? 0 : value);
        const digits = text
          .replace(/e.*/, "")
          .replace(/[-.]/g, "")
          .replace(/^0+|0+$/g, "").length;
        if (digits > 1 && (!Number.isInteger(value) || Math.abs(value) > 2 ** 24))
          expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
      }),
      { numRuns: 2000 },
    );
    expect(
      [0.1, 1 / 3, 16777216, 1e-45, 3.4028234663852886e38, -0].map((value) => textOfFloat(Math.fround(value))),
    ).toEqual(["0.1", "0.33333334", "16777216", "1e-45", "3.4028235e+38", "0"]);
  });

  test("of a number that is none is empty, and of one without bounds says so", () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY].map(textOfDouble)).toEqual(["", "Infinity"]);
    expect([Number.NaN, Number.NEGATIVE_INFINITY].map(textOfFloat)).toEqual(["", "-Infinity"]);
  });

  test.each([
    [12345n, 2, "123.45"],
    [-1n, 4, "-0.0001"],
    [105000n, 4, "10.5"],
    [0n, 4, "0"],
    [7n, 0, "7"],
    [1200n, 0, "1200"],
    [10n ** 37n + 1n, 10, "1000000000000000000000000000.0000000001"],
  ])("of the decimal %s with scale %s is exactly %s", (unscaled, scale, text) => {
    expect(textOfDecimal(unscaled, scale)).toBe(text);
  });

  test("of bytes that are an integer is that integer, with its sign", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), (value) => {
        const digits = BigInt.asUintN(128, value).toString(16).padStart(32, "0");
        expect(integerOfBytes(new Uint8Array(Buffer.from(digits, "hex")))).toBe(value);
      }),
    );
    expect(integerOfBytes(new Uint8Array())).toBe(0n);
  });

  test.each([
    [0n, "MILLIS", "1970-01-01T00:00:00Z"],
    [1_500n, "MILLIS", "1970-01-01T00:00:01.5Z"],
    [-1n, "MICROS", "1969-12-31T23:59:59.999999Z"],
    [1_711_886_400_123_456_789n, "NANOS", "2024-03-31T12:00:00.123456789Z"],
    [-62_167_219_200_000n, "MILLIS", "0000-01-01T00:00:00Z"],
  ] as const)("of the instant %s in %s is %s", (ticks, unit, text) => {
    expect(textOfInstant(ticks, unit)).toBe(text);
  });

  test("of a day is its date, before 1970 too", () => {
    expect([-1, 0, 11_016, 24_855].map(textOfDays)).toEqual(["1969-12-31", "1970-01-01", "2000-02-29", "2038-01-19"]);
  });

  test("there is none of a year without four digits", () => {
    for (const days of [2_932_897, -719_529]) expect(() => textOfDays(days)).toThrow("outside the years 0 to 9999");
    expect(() => textOfInstant(2n ** 62n, "MILLIS")).toThrow("outside the years");
  });

  test("of an INT96 counts its days from noon of 4714 BC", () => {
    const midnight2024 = (2_440_588n + 19_723n) << 64n;
    expect(textOfInstant(nanosecondsOfInt96(midnight2024 | 1_000n), "NANOS")).toBe("2024-01-01T00:00:00.000001Z");
  });

  test("of half precision is its number", () => {
    const half = (bits: number) => halfOfBytes(new Uint8Array([bits & 0xff, bits >> 8]));
    expect([0x3c00, 0xc000, 0x2e66, 0x0001, 0x7c00].map(half)).toEqual([
      1,
      -2,
      0.0999755859375,
      2 ** -24,
      Number.POSITIVE_INFINITY,
    ]);
    expect(half(0x7e00)).toBeNaN();
  });

  test("of a UUID has hyphens", () => {
    expect(textOfUuid(new Uint8Array(Array.from({ length: 16 }, (_, index) => index)))).toBe(
      "00010203-0405-0607-0809-0a0b0c0d0e0f",
    );
  });

  test("there is none of bytes that are not UTF-8, or hold a NUL", () => {
    expect(textOfBytes(Buffer.from("\ufeffü"))).toBe("\ufeffü");
    expect(() => textOfBytes(Buffer.from([0xff]))).toThrow("not UTF-8");
    expect(() => textOfBytes(Buffer.from("a\0"))).toThrow("NUL");
  });
});
