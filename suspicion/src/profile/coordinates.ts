import { type Column, shortDigest } from "@ratchet/contracts";
import { textHash } from "./text-hash.ts";

/**
 * Rows as few coordinates, in which labels are compared with features. Up to so many, each number, boolean and value of a
 * category is a coordinate; where there are more, each is added to one of them, by its name's hash, with a sign (a count
 * sketch: distances between rows are kept about as they are).
 * Source: Charikar, Chen and Farach-Colton, "Finding frequent items in data streams", 2002; Weinberger and others, "Feature
 * hashing for large scale multitask learning", 2009.
 */
const mostCoordinates = 24;

/** So many values of a category count by themselves, the first of the schema. */
const mostValues = 16;

interface Part {
  readonly name: string;
  readonly column: Column;
  /** Where the column's text stands in a row. */
  readonly index: number;
  readonly value?: string;
}

/** Dates are left out: they go on, whatever the labels. */
function partsOf(columns: readonly Column[], label: string): readonly Part[] {
  const parts = columns.flatMap((column, index): readonly Part[] => {
    if (!column.feature || column.name === label || column.type === "date" || column.type === "text") return [];
    if (column.type !== "category") return [{ name: column.name, column, index }];
    const values = column.values?.slice(0, mostValues) ?? [];
    return values.map((value) => ({ name: JSON.stringify([column.name, value]), column, index, value }));
  });
  return parts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A number on a scale that many columns share: from 0 to 1 where the schema says its range, else by its logarithm. */
function scaled({ min, max }: Column): (value: number) => number {
  if (min === undefined || max === undefined || min === max) return Math.asinh;
  return (value) => (value - min) / (max - min);
}

function reader({ column, value }: Part): (text: string) => number {
  if (value !== undefined) return (text) => (text === value ? 1 : 0);
  if (column.type === "boolean") return (text) => (text === "true" ? 1 : 0);
  const scale = scaled(column);
  return (text) => (text === "" ? Number.NaN : scale(Number(text)));
}

export interface Coordinates {
  /** Digest of what they are made of, and how. */
  readonly made: string;
  readonly count: number;
  /** Writes a row's coordinates into `target`. Numbers that are missing count as 0; says whether none is. */
  read(texts: readonly string[], target: Float64Array): boolean;
}

/** The coordinates of a schema's rows; undefined where no feature has any. The order of the schema does not matter. */
export function coordinatesOf(columns: readonly Column[], label: Column): Coordinates | undefined {
  const parts = partsOf(columns, label.name);
  if (parts.length === 0) return undefined;
  const isHashed = parts.length > mostCoordinates;
  const count = isHashed ? mostCoordinates : parts.length;
  const places = parts.map((part, at) => {
    const hash = textHash(part.name);
    const place = isHashed ? { at: (hash >>> 1) % count, sign: (hash & 1) === 0 ? 1 : -1 } : { at, sign: 1 };
    return { ...place, index: part.index, read: reader(part) };
  });
  const { type, min, max, values } = label;
  return {
    made: shortDigest({
      label: { type, min, max, values },
      parts: parts.map(({ name, column }) => [name, column.type, column.min ?? null, column.max ?? null]),
    }),
    count,
    read(texts, target) {
      target.fill(0);
      let isComplete = true;
      for (const { at, sign, index, read } of places) {
        const value = read(texts[index] ?? "");
        if (Number.isNaN(value)) isComplete = false;
        else target[at] = (target[at] ?? 0) + sign * value;
      }
      return isComplete;
    },
  };
}
