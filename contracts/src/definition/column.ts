/** One column of a batch's file, with the range of names already expanded. */
export interface Column {
  readonly name: string;
  readonly type: "number" | "integer" | "boolean" | "category" | "date" | "text";
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** The categories, in the order of their indices. */
  readonly values?: readonly string[] | undefined;
  /** Whether an empty field is allowed; it is read as not-a-number. */
  readonly optional: boolean;
  /** Whether the model sees the column. The label is never a feature. */
  readonly feature: boolean;
  /** What stands where a field is empty, or a file has no such column. */
  readonly default?: string | undefined;
  /** The names it had before, the latest first. */
  readonly was?: readonly string[] | undefined;
  /** Of a date that is a feature: by how many milliseconds the model's numbers may round it. */
  readonly precision?: number | undefined;
  /** Of a date: from which instant its days are counted; from 1970-01-01 UTC where it is left out. */
  readonly origin?: string | undefined;
  /** In which unit its numbers are. */
  readonly unit?: string | undefined;
}
