import type { Column } from "../definition/column.ts";

/** Whether a column can be read from data that has none like it: it has a default, or may be empty. */
export const canBeMissing = ({ optional, default: standIn }: Column): boolean => optional || standIn !== undefined;

/**
 * Where each column of a schema stands in data that was admitted earlier, by its name or by one that it had before; undefined
 * where the data has none like it.
 * @param names the columns of the data.
 */
export function indexesIn(names: readonly string[], columns: readonly Column[]): readonly (number | undefined)[] {
  const indexes = new Map(names.map((name, index) => [name, index]));
  return columns.map(({ name, was = [] }) => {
    const known = [name, ...was].find((one) => indexes.has(one));
    return known === undefined ? undefined : indexes.get(known);
  });
}
