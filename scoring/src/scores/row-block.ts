/** Some rows as models see them. */
export interface RowBlock {
  readonly count: number;
  /** count × F features, row-major. */
  readonly features: Float32Array;
  /** Class index, or the value itself for a regression. */
  readonly labels: Float64Array;
  /** For each column asked for, the text of each row. */
  readonly texts: readonly (readonly string[])[];
  /** Of each row, the texts of all columns; where the worst rows are not wanted they may be left out. */
  readonly rows?: readonly (readonly string[])[] | undefined;
}
