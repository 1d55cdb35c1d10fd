import type { Column } from "@ratchet/contracts";
import { FileFault } from "./file-fault.ts";

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

const plural = (names: readonly string[]) => (names.length === 1 ? "column" : "columns");

const otherSeparators = [
  { separator: ";", name: "semicolons" },
  { separator: "\t", name: "tabs" },
  { separator: "|", name: "bars" },
] as const;

/** What people most often do wrong with a header, where it can be seen. */
function hint(header: readonly string[]): string {
  const [only = ""] = header;
  const other = otherSeparators.find(({ separator }) => header.length === 1 && only.includes(separator));
  if (other) return `; the fields seem to be separated by ${other.name}: separate them by commas`;
  if (header.every((name) => name === "" || Number.isFinite(Number(name))))
    return "; line 1 seems to be data: put the names of the columns there";
  return "";
}

/**
 * Where in the file each column of the schema stands.
 * @throws {FileFault} where the header has not exactly the schema's columns, in any order.
 */
export function placeColumns(header: readonly string[], line: number, columns: readonly Column[]): readonly number[] {
  const mismatch = (message: string, column?: string) =>
    new FileFault("schema-mismatch", message, { row: line, ...(column ? { column } : {}) });
  const places = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    if (places.has(name)) throw mismatch("the header has this column twice", name);
    places.set(name, index);
  }
  const missing = columns.filter(({ name }) => !places.has(name)).map(({ name }) => name);
  const known = new Set(columns.map(({ name }) => name));
  const unknown = header.filter((name) => !known.has(name));
  if (missing.length > 0)
    throw mismatch(`the header lacks the ${plural(missing)} ${list(missing)}${hint(header)}`, missing[0]);
  if (unknown.length > 0)
    throw mismatch(
      `the header has the ${plural(unknown)} ${list(unknown)}, which the schema has not; remove them or extend the schema`,
      unknown[0],
    );
  return columns.map(({ name }) => places.get(name) ?? 0);
}
