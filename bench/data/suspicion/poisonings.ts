import {
  changeColumn,
  flipLabels,
  insertValue,
  loseColumn,
  scaleColumn,
  shiftColumn,
  shuffleLabels,
  swapColumns,
  type Table,
} from "@ratchet/suspicion/testing";

type Rows = Table["rows"];

export interface Poisoning {
  readonly name: string;
  readonly poison: (rows: Rows, seed: number) => Rows;
}

/** The columns that are changed: one that numbers can be told by, another like it, and a category with a value that never came. */
const columns: Readonly<
  Record<string, { one: string; other: string; shift: number; fresh?: readonly [string, string] }>
> = {
  weather: { one: "temp_min", other: "wind", shift: 5, fresh: ["weather", "hail"] },
  penguins: { one: "beak_length", other: "beak_depth", shift: 5, fresh: ["island", "Anvers"] },
  digits: { one: "pixel406", other: "pixel350", shift: 100 },
};

/** A pixel is no brighter than white. */
const bounded = (table: Table, rows: Rows, name: string): Rows =>
  table.name === "digits" ? changeColumn(table, rows, name, (text) => String(Math.min(255, Number(text)))) : rows;

const side = 28;

/** Each picture's rows for its columns: all pixels but the diagonal stand in another column. */
const turned = (rows: Rows): Rows =>
  rows.map(([label = "", ...pixels]) => [
    label,
    ...pixels.map((_, at) => pixels[(at % side) * side + Math.floor(at / side)] ?? ""),
  ]);

/** What is done to batches of a table. */
export function poisoningsOf(table: Table): readonly Poisoning[] {
  const chosen = columns[table.name];
  if (!chosen) throw new RangeError(`it is not said which columns of ${table.name} are to be changed`);
  const { one, other, shift, fresh } = chosen;
  // 1.8: of °C in °F, and close to 2.54 of cm in inches.
  const scale = table.name === "digits" ? 1 / 255 : 1.8;
  const missing = table.name === "weather" ? other : one;
  return [
    { name: "all labels shuffled", poison: (rows, seed) => shuffleLabels(table, rows, seed) },
    ...[0.5, 0.3, 0.2, 0.1].map((share) => ({
      name: `${share * 100} % of labels flipped`,
      poison: (rows: Rows, seed: number) => flipLabels(table, rows, seed, share),
    })),
    { name: `${one} in another unit`, poison: (rows) => scaleColumn(table, rows, one, scale) },
    { name: `${one} shifted by ${shift}`, poison: (rows) => bounded(table, shiftColumn(table, rows, one, shift), one) },
    { name: `${missing} missing in a third`, poison: (rows, seed) => loseColumn(table, rows, missing, 1 / 3, seed) },
    ...(fresh
      ? [
          {
            name: `${fresh[0]} ${fresh[1]} in a tenth`,
            poison: (rows: Rows, seed: number) =>
              insertValue(table, rows, { name: fresh[0], value: fresh[1], share: 0.1, seed }),
          },
        ]
      : []),
    { name: `${one} and ${other} swapped`, poison: (rows) => swapColumns(table, rows, one, other) },
    ...(table.name === "digits" ? [{ name: "pictures turned over their diagonal", poison: turned }] : []),
  ];
}
