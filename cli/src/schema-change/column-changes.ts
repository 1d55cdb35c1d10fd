import { type Column, canBeMissing } from "@ratchet/contracts";

/** What becomes of a column of data that was admitted under another schema. */
export interface ColumnChange {
  /** Its name by the new schema; by the former one where it is dropped. */
  readonly column: string;
  /**
   * `renamed`, `added` and `dropped` as they say. `widened`: whatever was admitted fits. `narrowed`: what was admitted may not
   * fit, so rows have to be read. `missing`: no data has it, and every row needs it.
   */
  readonly kind: "renamed" | "added" | "widened" | "narrowed" | "dropped" | "missing";
  /** e.g. `was pixel0`, `0 where it is missing`. */
  readonly detail: string;
}

const isAtLeast = (bound: number | undefined, former: number | undefined): boolean =>
  former === undefined || (bound !== undefined && bound >= former);
const isAtMost = (bound: number | undefined, former: number | undefined): boolean =>
  former === undefined || (bound !== undefined && bound <= former);

function takesNumbers(after: Column, before: Column): boolean {
  if (before.type !== "number" && before.type !== "integer") return false;
  if (after.type === "integer" && before.type === "number") return false;
  // A feature has to fit single precision: what was none was never held to that.
  if (after.feature && (!before.feature || after.type !== before.type)) return false;
  return isAtLeast(before.min, after.min) && isAtMost(before.max, after.max);
}

function takesDates(after: Column, before: Column): boolean {
  if (before.type !== "date") return false;
  if (!after.feature) return true;
  const isAsExact = after.precision === before.precision || (after.precision ?? 0) > (before.precision ?? Infinity);
  return before.feature && after.origin === before.origin && isAsExact;
}

/** Whether every text that fits one column fits another, read as the same. */
function takesAll(after: Column, before: Column): boolean {
  if (before.optional && !after.optional && after.default === undefined) return false;
  switch (after.type) {
    case "number":
    case "integer":
      return takesNumbers(after, before);
    case "category":
      return before.type === "category" && (before.values ?? []).every((value) => after.values?.includes(value));
    case "date":
      return takesDates(after, before);
    case "boolean":
      return before.type === "boolean";
    case "text":
      return true;
  }
}

/** A column as far as it matters to what fits it. */
const rule = ({ name: _name, was: _was, default: _default, ...rest }: Column): string =>
  JSON.stringify(
    Object.entries(rest)
      .filter(([, value]) => value !== undefined)
      .sort(),
  );

const typeOf = ({ type, min, max, values, optional }: Column): string => {
  const range = min === undefined && max === undefined ? "" : ` ${min ?? "…"} to ${max ?? "…"}`;
  return `${type}${range}${values ? ` of ${values.length}` : ""}${optional ? ", may be empty" : ""}`;
};

function changesOf(after: Column, before: Column): readonly ColumnChange[] {
  const column = after.name;
  const renamed: readonly ColumnChange[] =
    after.name === before.name ? [] : [{ column, kind: "renamed", detail: `was ${before.name}` }];
  if (rule(after) === rule(before)) return renamed;
  const kind = takesAll(after, before) ? "widened" : "narrowed";
  return [...renamed, { column, kind, detail: `${typeOf(after)}, was ${typeOf(before)}` }];
}

/**
 * What a new schema makes of data that was admitted under a former one. The order of columns changes nothing.
 * @returns nothing where they are the same.
 */
export function columnChanges(before: readonly Column[], after: readonly Column[]): readonly ColumnChange[] {
  const former = new Map(before.map((column) => [column.name, column]));
  const used = new Set<string>();
  const found = after.flatMap((column): readonly ColumnChange[] => {
    const known = [column.name, ...(column.was ?? [])].map((name) => former.get(name)).find((one) => one !== undefined);
    if (known) {
      used.add(known.name);
      return changesOf(column, known);
    }
    if (!canBeMissing(column))
      return [{ column: column.name, kind: "missing", detail: "admitted data has none, and it has no default" }];
    const stand = column.default === undefined ? "empty" : column.default;
    return [{ column: column.name, kind: "added", detail: `${stand} where it is missing` }];
  });
  const dropped = before
    .filter(({ name }) => !used.has(name))
    .map(({ name }): ColumnChange => ({ column: name, kind: "dropped", detail: "kept in the batches, and not read" }));
  return [...found, ...dropped];
}
