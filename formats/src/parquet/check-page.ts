import type { ParquetType } from "hyparquet";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import type { PlainPage } from "./plain-page.ts";

/** In bytes: what the strings of one page may come to. */
const mostText = 256 * 1024 ** 2;

/**
 * Walks runs of Parquet's hybrid of run lengths and packed bits, without the values.
 * @param most how many values there are in all: a run of more would be written out all the same.
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
function checkRuns(view: DataView, from: number, to: number, bitWidth: number, most: number): void {
  let at = from;
  let seen = 0;
  while (seen < most && at < to) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 28) throw new Error("a run's length is not a number");
      const byte = view.getUint8(at);
      at += 1;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 1) {
      seen += length * 8;
      at += length * bitWidth;
    } else {
      if (length > most) throw new Error(`a run of ${length} values in a page of ${most}`);
      seen += length;
      at += Math.ceil(bitWidth / 8);
    }
  }
}

/** Each string repeats the start of the one before it, so that some bytes can stand for any amount of text. */
function checkFrontCoding(view: DataView, from: number, values: number): void {
  const reader = { view, offset: from };
  const prefixes = new Int32Array(values);
  deltaBinaryUnpack(reader, values, prefixes);
  const suffixes = new Int32Array(values);
  deltaBinaryUnpack(reader, values, suffixes);
  let text = 0;
  for (let index = 0; index < values; index += 1) text += (prefixes[index] ?? 0) + (suffixes[index] ?? 0);
  if (text > mostText) throw new Error(`its strings come to ${text} bytes`);
}

/** How many of the definition levels are set: that many values follow. */
function countSet(view: DataView, from: number, values: number): number {
  let at = from;
  let seen = 0;
  let set = 0;
  while (seen < values) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = view.getUint8(at);
      at += 1;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      if (view.getUint8(at) === 1) set += Math.min(length, values - seen);
      seen += length;
      at += 1;
    } else
      for (let byte = 0; byte < length; byte += 1, at += 1)
        for (let bit = 0; bit < 8 && seen < values; bit += 1, seen += 1) set += (view.getUint8(at) >> bit) & 1;
  }
  return set;
}

/** What a page of data holds. */
interface Held {
  /** How many of its values are not missing. */
  readonly present: number;
  /** Where they begin, behind the levels that say which are missing. */
  readonly at: number;
}

/**
 * Refuses a page that would become more than its header says: the library writes out what stands in it, and some bytes can
 * stand for more values than there is memory.
 * @returns undefined for a dictionary.
 * @throws {Error} when it would.
 */
export function checkPage({ header, bytes }: PlainPage, type: ParquetType, isOptional: boolean): Held | undefined {
  const view = new DataView(bytes.buffer);
  const v1 = header.data_page_header;
  const v2 = header.data_page_header_v2;
  const page = v1 ?? v2;
  if (!page) return undefined;
  const { num_values: values, encoding } = page;
  let at = 0;
  let present = values;
  if (v2) {
    at = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
    if (isOptional) checkRuns(view, v2.repetition_levels_byte_length, at, 1, values);
    present = values - v2.num_nulls;
  } else if (isOptional) {
    const length = view.getUint32(0, true);
    checkRuns(view, 4, 4 + length, 1, values);
    present = countSet(view, 4, values);
    at = 4 + length;
  }
  if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    if (present > 0) checkRuns(view, at + 1, bytes.length, view.getUint8(at), present);
  } else if (encoding === "RLE" && type === "BOOLEAN") {
    checkRuns(view, at + 4, at + 4 + view.getUint32(at, true), 1, present);
  } else if (encoding === "DELTA_BYTE_ARRAY") checkFrontCoding(view, at, present);
  return { present, at };
}
