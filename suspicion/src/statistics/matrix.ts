/** A symmetric matrix, or a square one, row by row. */
export type Matrix = readonly (readonly number[])[];

export const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

export const times = (matrix: Matrix, vector: readonly number[]): readonly number[] =>
  matrix.map((row) => dot(row, vector));

/** Trace of the product of two symmetric matrices. */
export const traceOfProduct = (one: Matrix, other: Matrix): number =>
  one.reduce((sum, row, index) => sum + dot(row, other[index] ?? []), 0);

/** Product of two square matrices, of which the second is symmetric. */
export const product = (one: Matrix, symmetric: Matrix): Matrix => one.map((row) => times(symmetric, row));

export const transposed = (matrix: Matrix): Matrix => matrix.map((_, row) => matrix.map((other) => other[row] ?? 0));

/** The inverse of a symmetric, positive definite matrix (Gauss and Jordan; no pivots are needed). */
export function inverse(matrix: Matrix): Matrix {
  const size = matrix.length;
  const work = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))]);
  for (const [at, pivotRow] of work.entries()) {
    const pivot = pivotRow[at] ?? 1;
    for (let column = 0; column < 2 * size; column += 1) pivotRow[column] = (pivotRow[column] ?? 0) / pivot;
    for (const [index, row] of work.entries()) {
      const factor = row[at] ?? 0;
      if (index === at || factor === 0) continue;
      for (let column = 0; column < 2 * size; column += 1)
        row[column] = (row[column] ?? 0) - factor * (pivotRow[column] ?? 0);
    }
  }
  return work.map((row) => row.slice(size));
}
