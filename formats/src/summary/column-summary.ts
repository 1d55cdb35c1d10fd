import { type Column, readField } from "@ratchet/contracts";

/** What a column seems to be: a type of the schema, `text` for what is none of few values, `empty` without any. */
type GuessedType = "integer" | "number" | "boolean" | "date" | "category" | "text" | "empty";

/** What is known of a column when all of its file was read. */
export interface ColumnSummary {
  readonly name: string;
  readonly type: GuessedType;
  /** How many rows have no value. */
  readonly missing: number;
  /** The least and the greatest value, as they stand in the file; of numbers, integers and dates. */
  readonly range?: { readonly min: string; readonly max: string };
  /** How many different values there are; undefined where there are more than were counted. */
  readonly distinct: number | undefined;
  /** Whether no value comes twice, as far as they were counted. */
  readonly unique: boolean;
  /** Each value and how often it comes, the most frequent first; undefined where there are more than a category should have. */
  readonly values?: readonly { readonly value: string; readonly rows: number }[];
  /** The first different values. */
  readonly examples: readonly string[];
  /** Of numbers and integers. */
  readonly deviation?: number;
}

export interface ColumnSummarising {
  add(text: string): void;
  end(): ColumnSummary;
}

/** So many values a category has at most, as guessed. */
const mostValues = 50;
const exampleCount = 3;
/** In characters. */
const longestExample = 40;

const typed = ["boolean", "integer", "number", "date"] as const;

/** What is written so is meant so: at the door 0 and 1 are booleans too, and 3.0 is an integer. */
const written: Partial<Record<(typeof typed)[number], RegExp>> = { boolean: /^(true|false)$/i, integer: /^[+-]?\d+$/ };

/** Whether a field is of a type by the rule of the door. */
function isA(type: (typeof typed)[number], column: Column, text: string): number | undefined {
  if (written[type]?.test(text) === false) return undefined;
  const read = readField(column, text);
  return "fault" in read ? undefined : read.value;
}

/**
 * Summarises a column, value by value.
 * @param mostDistinct how many different values are told apart.
 */
export function summariseColumn(name: string, mostDistinct: number): ColumnSummarising {
  const columns = typed.map((type): [(typeof typed)[number], Column] => [
    type,
    { name, type, optional: false, feature: false },
  ]);
  let candidates = columns;
  const counts = new Map<string, number>();
  const examples: string[] = [];
  let [missing, present, overflowed, unique] = [0, 0, false, true];
  let [mean, squares] = [0, 0];
  let range: { min: string; max: string } | undefined;
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  function count(text: string): void {
    const before = counts.get(text);
    if (before !== undefined) {
      counts.set(text, before + 1);
      unique = false;
    } else if (counts.size < mostDistinct) {
      counts.set(text, 1);
      if (examples.length < exampleCount)
        examples.push(text.length > longestExample ? `${text.slice(0, longestExample)}…` : text);
    } else overflowed = true;
  }

  function measure(text: string, value: number): void {
    const delta = value - mean;
    mean += delta / present;
    squares += delta * (value - mean);
    if (value < least) range = { min: text, max: range?.max ?? text };
    if (value > greatest) range = { min: range?.min ?? text, max: text };
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }

  function typeOf(): GuessedType {
    if (present === 0) return "empty";
    const [first] = candidates;
    if (first) return first[0];
    return !overflowed && counts.size <= mostValues && (counts.size < present || present <= exampleCount)
      ? "category"
      : "text";
  }

  return {
    add(text) {
      if (text === "") {
        missing += 1;
        return;
      }
      present += 1;
      count(text);
      let value: number | undefined;
      candidates = candidates.filter(([type, column]) => {
        const read = isA(type, column, text);
        value ??= read;
        return read !== undefined;
      });
      if (value !== undefined && candidates.length > 0) measure(text, value);
    },
    end() {
      const type = typeOf();
      const isNumber = type === "integer" || type === "number";
      const few = !overflowed && counts.size <= mostValues;
      const values = [...counts].map(([value, rows]) => ({ value, rows })).sort((a, b) => b.rows - a.rows);
      return {
        name,
        type,
        missing,
        ...((isNumber || type === "date") && range ? { range } : {}),
        distinct: overflowed ? undefined : counts.size,
        unique: unique && present > 0,
        ...(few ? { values } : {}),
        examples,
        ...(isNumber ? { deviation: Math.sqrt(squares / present) } : {}),
      };
    },
  };
}
