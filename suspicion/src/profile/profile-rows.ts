import {
  type Column,
  type ColumnProfile,
  type Definition,
  type Profile,
  readField,
  rowReader,
  shortDigest,
} from "@ratchet/contracts";
import { bondName, gatherBond } from "./bond.ts";
import { coordinatesOf } from "./coordinates.ts";
import { gatherNumbers } from "./numbers.ts";
import { orderedKey } from "./ordered-key.ts";
import { gatherValues } from "./values.ts";

export interface Profiling {
  /** A row's canonical texts, in the order of the schema (see `readField`). */
  add(texts: readonly string[]): void;
  end(): Profile;
}

/** Bins and values are kept for each column, up to so many in all; but no column does with less than eight. */
const mostCells = 2 ** 15;
const fewest = 8;
const mostOfColumn = 64;

/** A power of two, so that schemas of about the same width keep as much. */
const cellsFor = (columns: number): number =>
  Math.min(mostOfColumn, Math.max(fewest, 2 ** Math.floor(Math.log2(mostCells / columns))));

interface Gathering {
  add(text: string): void;
  end(): ColumnProfile;
}

/** A canonical text as a number; days of a date. */
function numberReader(column: Column): (text: string) => number {
  if (column.type !== "date") return Number;
  return (text) => {
    const read = readField(column, text);
    if ("fault" in read) throw new RangeError(`column ${column.name}: ${read.fault.message}`);
    return read.value;
  };
}

/** In characters: longer values are kept by how they begin and by their digest. */
const longestValue = 128;

/** A value as it is counted: texts may be of any length, and a profile may not. */
const named = (text: string): string =>
  text.length > longestValue ? `${text.slice(0, longestValue / 2)}… ${shortDigest(text)}` : text;

function gatherColumn(column: Column, role: ColumnProfile["role"], isClass: boolean, most: number): Gathering {
  const { name, type } = column;
  let missing = 0;
  if (isClass || type === "category" || type === "boolean" || type === "text") {
    const values = gatherValues(most);
    return {
      add(text) {
        if (text === "") missing += 1;
        else values.add(named(text));
      },
      end: () => ({ name, role, missing, kind: "values", ...values.end() }),
    };
  }
  const numbers = gatherNumbers(most);
  const read = numberReader(column);
  return {
    add(text) {
      if (text === "") missing += 1;
      else numbers.add(read(text));
    },
    end: () => ({ name, role, missing, kind: type === "date" ? "times" : "numbers", ...numbers.end() }),
  };
}

/** By name; columns of one name differ by kind. */
export const inOrder = (one: ColumnProfile, other: ColumnProfile): number => {
  const [a, b] = [`${one.name}\n${one.kind}`, `${other.name}\n${other.kind}`];
  return a < b ? -1 : a > b ? 1 : 0;
};

/**
 * Profiles rows one by one. What is kept does not grow with them.
 * @throws {RangeError} when the label is no column of the schema.
 */
export function profileRows(definition: Pick<Definition, "task" | "data">): Profiling {
  const { columns, label, classes } = rowReader(definition);
  const most = cellsFor(columns.length);
  const gatherings = columns.map((column) => {
    const isLabel = column === label;
    const role = isLabel ? "label" : column.feature ? "feature" : "other";
    return gatherColumn(column, role, isLabel && classes !== undefined, most);
  });
  const coordinates = coordinatesOf(columns, label);
  // What is missing would stand far from all else, and hide what the others say: rows with anything missing are kept apart.
  const bonds = coordinates && {
    [bondName(coordinates.made, true)]: gatherBond(coordinates.count),
    [bondName(coordinates.made, false)]: gatherBond(coordinates.count),
  };
  const row = new Float64Array(coordinates?.count ?? 0);
  const labelAt = columns.indexOf(label);
  const indexes = classes && new Map(classes.map((name, index) => [name, index]));
  const labelKey = (text: string): number => indexes?.get(text) ?? orderedKey(Number(text));
  let rows = 0;

  return {
    add(texts) {
      rows += 1;
      // Once for each field of each row: an iterator would cost as much as what is done with it.
      for (let index = 0; index < gatherings.length; index += 1) gatherings[index]?.add(texts[index] ?? "");
      if (!coordinates || !bonds) return;
      const isComplete = coordinates.read(texts, row);
      bonds[bondName(coordinates.made, isComplete)]?.add(labelKey(texts[labelAt] ?? ""), row);
    },
    end: () => ({
      rows,
      columns: gatherings.map((gathering) => gathering.end()).sort(inOrder),
      bonds: Object.fromEntries(
        Object.entries(bonds ?? {})
          .map(([name, bond]) => [name, bond.end()] as const)
          .filter(([, { groups }]) => groups.length > 0),
      ),
    }),
  };
}
