import type { DecodedArray } from "hyparquet";
import type { Raw } from "./columns.ts";

/** The values of a page, each in as little memory as may be. */
export interface PageValues {
  readonly length: number;
  /** Of memory, roughly. */
  readonly bytes: number;
  /** Null where there is none. */
  at(index: number): Raw | null;
}

/** In bytes: a value that is no number, with what points to it. */
const usualValue = 64;

/** Values as the library gives them. */
export const plainValues = (values: DecodedArray): PageValues => ({
  length: values.length,
  bytes: ArrayBuffer.isView(values) ? values.byteLength : values.length * usualValue,
  at: (index) => values[index] as Raw | null,
});

/**
 * Values that stand in a dictionary: of each is kept where, in one byte as long as there are few.
 * @param places null where there is no value.
 * @throws {Error} when the dictionary has no such place.
 */
export function dictionaryValues(places: DecodedArray, dictionary: readonly Raw[]): PageValues {
  const nowhere = dictionary.length;
  const packed =
    nowhere < 2 ** 8
      ? new Uint8Array(places.length)
      : nowhere < 2 ** 16
        ? new Uint16Array(places.length)
        : new Uint32Array(places.length);
  for (let index = 0; index < places.length; index += 1) {
    const place = places[index] as number | null | undefined;
    if (place !== null && !((place ?? nowhere) < nowhere)) throw new Error("a value that the dictionary does not have");
    packed[index] = place ?? nowhere;
  }
  return {
    length: places.length,
    bytes: packed.byteLength + nowhere * usualValue,
    at: (index) => dictionary[packed[index] ?? nowhere] ?? null,
  };
}

/** Pages that are decoded already, of which rows are still to come. */
export interface KeptPages<Page> {
  get(page: Page): PageValues | undefined;
  /** Keeps it as long as there is room; what is not kept is decoded again when its other rows are due. */
  keep(page: Page, values: PageValues): void;
  letGo(page: Page): void;
}

/** @param mostBytes of memory, roughly. */
export function keptPages<Page>(mostBytes: number): KeptPages<Page> {
  const kept = new Map<Page, PageValues>();
  let bytes = 0;
  return {
    get: (page) => kept.get(page),
    keep(page, values) {
      if (kept.has(page) || bytes + values.bytes > mostBytes) return;
      kept.set(page, values);
      bytes += values.bytes;
    },
    letGo(page) {
      bytes -= kept.get(page)?.bytes ?? 0;
      kept.delete(page);
    },
  };
}
