import { chiSquareTail } from "./tails.ts";

/** A part of what a column may hold: how many rows of the batch and of those before are in it. */
export interface Cell {
  readonly label: string;
  readonly batch: number;
  readonly before: number;
}

/** The rows of all cells. */
export const totals = (cells: readonly Cell[]): Omit<Cell, "label"> => ({
  batch: cells.reduce((sum, { batch }) => sum + batch, 0),
  before: cells.reduce((sum, { before }) => sum + before, 0),
});

/** How many rows both need in a cell together for 5 to be expected in the smaller of them. */
export function rowsPerCell(cells: readonly Cell[]): number {
  const { batch, before } = totals(cells);
  return (5 * (batch + before)) / Math.min(batch, before);
}

/**
 * The probability of counts as different as these where both are drawn from the same: of Pearson's X² and the likelihood
 * ratio G², the more cautious. With few rows in a cell X² errs where there are more than expected, G² where there are none.
 * Cells are to hold enough rows (`rowsPerCell`); with fewer than two of them there is nothing to compare.
 */
export function sameDistribution(cells: readonly Cell[]): number {
  const { batch, before } = totals(cells);
  if (cells.length < 2 || batch === 0 || before === 0) return 1;
  let [pearson, likelihood] = [0, 0];
  for (const cell of cells) {
    const both = cell.batch + cell.before;
    for (const [observed, rows] of [
      [cell.batch, batch],
      [cell.before, before],
    ] as const) {
      const expected = (both * rows) / (batch + before);
      pearson += (observed - expected) ** 2 / expected;
      if (observed > 0) likelihood += 2 * observed * Math.log(observed / expected);
    }
  }
  return chiSquareTail(Math.min(pearson, likelihood), cells.length - 1);
}

/**
 * Population stability index: Σ (p - q) ln(p / q) over the cells' shares. A cell without rows counts as half a row. Below 0.1
 * is taken for stable, above 0.25 for another population. Source: Siddiqi, "Credit Risk Scorecards", 2006.
 */
export function stabilityIndex(cells: readonly Cell[]): number {
  const { batch, before } = totals(cells);
  const half = 0.5;
  const share = (rows: number, all: number): number => (rows + half) / (all + half * cells.length);
  return cells.reduce((sum, cell) => {
    const [p, q] = [share(cell.batch, batch), share(cell.before, before)];
    return sum + (p - q) * Math.log(p / q);
  }, 0);
}
