import type { PageHeader } from "hyparquet";
import { expect, test } from "vitest";
import { checkPage } from "./check-page.ts";
import type { PlainPage } from "./plain-page.ts";

const varint = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];

const length = (bytes: readonly number[]): readonly number[] => [bytes.length, 0, 0, 0];

function page(values: number, encoding: string, bytes: readonly number[]): PlainPage {
  const header = { type: "DATA_PAGE", data_page_header: { num_values: values, encoding } } as unknown as PageHeader;
  return { header, bytes: new Uint8Array(bytes) };
}

function pageV2(values: number, levels: readonly number[], bytes: readonly number[]): PlainPage {
  const v2 = {
    num_values: values,
    num_nulls: 0,
    encoding: "RLE_DICTIONARY",
    repetition_levels_byte_length: 0,
    definition_levels_byte_length: levels.length,
  };
  const header = { type: "DATA_PAGE_V2", data_page_header_v2: v2 } as unknown as PageHeader;
  return { header, bytes: new Uint8Array([...levels, ...bytes]) };
}

/** A run of equal values of one byte or less. */
const run = (count: number, value = 1): readonly number[] => [...varint(count * 2), value];
/** Groups of eight bits. */
const packed = (...bytes: readonly number[]): readonly number[] => [bytes.length * 2 + 1, ...bytes];

test("a page whose runs are as long as it says passes, of levels and of places in the dictionary", () => {
  const levels = [...run(3), ...packed(0b11111)];
  checkPage(page(8, "RLE_DICTIONARY", [...length(levels), ...levels, 1, ...run(8, 0)]), "INT64", true);
  checkPage(page(1000, "RLE_DICTIONARY", [1, ...run(1000, 0)]), "INT64", false);
  checkPage(page(0, "RLE_DICTIONARY", [...length([]), 1]), "INT64", true);
  checkPage(page(9, "RLE", [...length(run(9)), ...run(9)]), "BOOLEAN", false);
  checkPage(pageV2(5, run(5), [2, ...run(5, 3)]), "INT64", true);
});

test.each([
  ["of definition levels", page(8, "PLAIN", [...length(run(2 ** 30)), ...run(2 ** 30)]), "INT64", true],
  ["of definition levels in a page of version 2", pageV2(8, run(2 ** 30), [1, ...run(8)]), "INT64", true],
  ["of places in the dictionary", page(8, "RLE_DICTIONARY", [1, ...run(2 ** 30)]), "INT64", false],
  ["of places in the dictionary in a page of version 2", pageV2(8, run(8), [1, ...run(2 ** 30)]), "INT64", true],
  ["of booleans", page(8, "RLE", [...length(run(2 ** 30)), ...run(2 ** 30)]), "BOOLEAN", false],
] as const)(
  "a page with a run %s that goes on far beyond its end is refused before it is written out",
  (_what, bad, type, optional) => {
    expect(() => checkPage(bad, type, optional)).toThrow("a run of 1073741824 values in a page of 8");
  },
);

test("a page whose strings repeat a long one over and over is refused", () => {
  const zigzag = (value: number) => varint(value * 2);
  // Blocks of 128 in 4 parts; a first value, and then differences that are all the same and take no bits.
  const constant = (values: number, value: number) => [
    ...varint(128),
    4,
    ...varint(values),
    ...zigzag(value),
    ...Array.from({ length: Math.ceil(values / 128) }, () => [0, 0, 0, 0, 0]).flat(),
  ];
  const values = 4096;
  const bomb = page(values, "DELTA_BYTE_ARRAY", [...constant(values, 1_000_000), ...constant(values, 0)]);
  expect(() => checkPage(bomb, "BYTE_ARRAY", false)).toThrow("its strings come to 4096000000 bytes");
  checkPage(page(values, "DELTA_BYTE_ARRAY", [...constant(values, 3), ...constant(values, 0)]), "BYTE_ARRAY", false);
});
