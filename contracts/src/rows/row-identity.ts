import type { Definition } from "../definition/definition.ts";
import { readInstant } from "./instant.ts";
import { rowHash, sha256 } from "./row-hash.ts";
import { rowReader } from "./row-reader.ts";
import { placeOf } from "./split.ts";

/** What tells one row from another, whatever file and tool it comes from. */
export interface RowIdentity {
  /** What makes it a row of its own, its key or its features: 64 bits of SHA-256, as two halves of 32. */
  readonly unit: readonly [high: number, low: number];
  /** 32 bits of SHA-256 of its label: unequal for the same unit where labels contradict each other. */
  readonly label: number;
  /**
   * Where it stands in the split: by hash of its features, or of its group, in [0, 1); by `data.time`, its time in milliseconds
   * since 1970-01-01 UTC.
   */
  readonly place: number;
}

/** The place of a time: in milliseconds since 1970. */
function placeOfTime(text: string): number {
  const instant = readInstant(text);
  return instant ? instant.seconds * 1000 + instant.microseconds / 1000 : Number.NaN;
}

/**
 * How the identities of a model's rows are made. They follow from canonical values, in the order of their names: neither the
 * order of the schema nor what wrote the file matters, nor do columns that are no features, nor does the label.
 * @returns a function of a row's canonical texts in the order of the schema (see `readField`).
 * @throws {RangeError} when the label or the time is no column of the schema.
 */
export function rowIdentifier(
  definition: Pick<Definition, "task" | "data">,
): (texts: readonly string[]) => RowIdentity {
  const { columns, features, label } = rowReader(definition);
  const { key, group, time } = definition.data;
  const hashFeatures = rowHash(
    columns,
    features.map(({ name }) => name),
  );
  const hashKey = key && rowHash(columns, key);
  const hashGroup = group && rowHash(columns, group);
  const indexOf = (name: string): number => {
    const index = columns.findIndex((column) => column.name === name);
    if (index < 0) throw new RangeError(`no column of the schema is named ${name}`);
    return index;
  };
  const labelIndex = indexOf(label.name);
  const timeIndex = time === undefined ? undefined : indexOf(time);
  return (texts) => {
    const ofFeatures = hashFeatures(texts);
    const unit = hashKey?.(texts) ?? ofFeatures;
    return {
      // The place has the first 32 bits: a range of units holds rows of all places.
      unit: [unit.readUInt32BE(4), unit.readUInt32BE(8)],
      label: sha256(texts[labelIndex] ?? "").readUInt32BE(0),
      place: timeIndex === undefined ? placeOf(hashGroup?.(texts) ?? ofFeatures) : placeOfTime(texts[timeIndex] ?? ""),
    };
  };
}
