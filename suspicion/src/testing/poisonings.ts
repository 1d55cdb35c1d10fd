import { classesOf, rowReader } from "@ratchet/contracts";
import { randomFrom, shuffled } from "./random.ts";
import { columnAt, type Table } from "./table.ts";

type Rows = Table["rows"];

const withText = (row: readonly string[], at: number, text: string): readonly string[] =>
  row.map((before, index) => (index === at ? text : before));

/** A column of some rows, changed value by value; what is missing stays so. */
export function changeColumn(
  table: Table,
  rows: Rows,
  name: string,
  change: (text: string, row: number) => string,
): Rows {
  const at = columnAt(table, name);
  return rows.map((row, index) => {
    const text = row[at] ?? "";
    return text === "" ? row : withText(row, at, change(text, index));
  });
}

const labelOf = ({ definition }: Table): string => definition.data.label;

/** A share of the rows, by lot: their indexes. */
const chosenOf = (rows: Rows, share: number, random: () => number): readonly number[] =>
  shuffled([...rows.keys()], random).slice(0, Math.round(rows.length * share));

/** Labels that belong to others of the rows, in a share of them. */
export function shuffleLabels(table: Table, rows: Rows, seed: number, share = 1): Rows {
  const random = randomFrom(seed);
  const at = columnAt(table, labelOf(table));
  const chosen = chosenOf(rows, share, random);
  const others = shuffled(chosen, random);
  const places = new Map(chosen.map((index, order) => [index, others[order] ?? index]));
  return rows.map((row, index) => withText(row, at, rows[places.get(index) ?? index]?.[at] ?? ""));
}

/** A share of labels that say any other class; of numbers, those of another row. */
export function flipLabels(table: Table, rows: Rows, seed: number, share: number): Rows {
  const classes = classesOf(rowReader(table.definition).label);
  if (!classes) return shuffleLabels(table, rows, seed, share);
  const random = randomFrom(seed);
  const chosen = new Set(chosenOf(rows, share, random));
  return changeColumn(table, rows, labelOf(table), (text, row) => {
    const others = classes.filter((one) => one !== text);
    return chosen.has(row) ? (others[Math.floor(random() * others.length)] ?? text) : text;
  });
}

/** Numbers in another unit. */
export const scaleColumn = (table: Table, rows: Rows, name: string, factor: number): Rows =>
  changeColumn(table, rows, name, (text) => String(Number(text) * factor));

export const shiftColumn = (table: Table, rows: Rows, name: string, by: number): Rows =>
  changeColumn(table, rows, name, (text) => String(Number(text) + by));

/** A column that is missing in a share of rows. */
export const loseColumn = (table: Table, rows: Rows, name: string, share: number, seed: number): Rows =>
  insertValue(table, rows, { name, value: "", share, seed });

/** A value in a share of rows. */
export function insertValue(
  table: Table,
  rows: Rows,
  what: { readonly name: string; readonly value: string; readonly share: number; readonly seed: number },
): Rows {
  const chosen = new Set(chosenOf(rows, what.share, randomFrom(what.seed)));
  return changeColumn(table, rows, what.name, (text, row) => (chosen.has(row) ? what.value : text));
}

/** Two columns, each under the name of the other. */
export function swapColumns(table: Table, rows: Rows, one: string, other: string): Rows {
  const [a, b] = [columnAt(table, one), columnAt(table, other)];
  return rows.map((row) => withText(withText(row, a, row[b] ?? ""), b, row[a] ?? ""));
}
