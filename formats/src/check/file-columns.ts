import type { Column } from "@ratchet/contracts";
import { FileFault } from "../file-fault.ts";
import type { Header } from "../record-reader.ts";

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

const plural = (names: readonly string[]) => (names.length === 1 ? "column" : "columns");

/**
 * Where in the file each column of the schema stands; undefined for one that has a default and is not in the file.
 * @throws {FileFault} when the header has not exactly the schema's other columns, in any order.
 */
export function placeColumns(
  { line, names, hint }: Header,
  columns: readonly Column[],
): readonly (number | undefined)[] {
  const mismatch = (message: string, column?: string) =>
    new FileFault("schema-mismatch", message, { row: line, ...(column ? { column } : {}) });
  const places = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (places.has(name)) throw mismatch("the header has this column twice", name);
    places.set(name, index);
  }
  const missing = columns
    .filter((column) => !places.has(column.name) && column.default === undefined)
    .map(({ name }) => name);
  const known = new Set(columns.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  if (missing.length > 0)
    throw mismatch(`the header lacks the ${plural(missing)} ${list(missing)}${hint ? `; ${hint}` : ""}`, missing[0]);
  if (unknown.length > 0)
    throw mismatch(
      `the header has the ${plural(unknown)} ${list(unknown)}, which the schema has not; remove them or extend the schema`,
      unknown[0],
    );
  return columns.map(({ name }) => places.get(name));
}
