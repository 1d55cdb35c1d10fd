import type { SaidOfRows } from "./collect-scores.ts";
import type { RowBlock } from "./row-block.ts";

/** A row on which the challenger is far off. */
export interface WorstRow {
  /** Its place among the rows, from 0. */
  readonly row: number;
  /** The texts of all its columns; empty where they were not given. */
  readonly texts: readonly string[];
  readonly label: number;
  readonly challenger: number;
  /** Undefined where there is no champion, or it failed. */
  readonly champion: number | undefined;
  readonly loss: number;
}

/** Keeps the rows with the greatest losses as rows come; of equal ones the first. */
export function collectWorst(most: number) {
  let kept: WorstRow[] = [];
  let before = 0;
  return {
    add({ count, labels, rows = [] }: RowBlock, own: SaidOfRows, other: SaidOfRows | undefined): void {
      for (let row = 0; row < count; row += 1) {
        const loss = own.losses[row] ?? 0;
        if (loss <= 0 || (kept.length === most && loss <= (kept.at(-1)?.loss ?? 0))) continue;
        const found = {
          ...{ row: before + row, texts: rows[row] ?? [], label: labels[row] ?? 0, loss },
          ...{ challenger: own.said[row] ?? 0, champion: other?.said[row] },
        };
        kept = [...kept, found].sort((a, b) => b.loss - a.loss).slice(0, most);
      }
      before += count;
    },
    worst: (): readonly WorstRow[] => kept,
  };
}
