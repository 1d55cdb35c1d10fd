/** What becomes of the rows of active batches: all but `contradicting` add up to their number. */
export interface Counts {
  /** Rows that train. */
  readonly train: number;
  /** Rows that judge. */
  readonly holdout: number;
  /** Rows that stand for a row which counts already, and say no more than it does. */
  readonly duplicate: number;
  /** Rows whose key came again with another label, or in another place of the split: the later one counts. */
  readonly replaced: number;
  /** Units whose rows have different labels; of a batch, those to which it brought the second label. */
  readonly contradicting: number;
  /** Rows that count and neither train nor judge: they would judge, and their unit may have trained; or would train, and were held out. */
  readonly leftOut: number;
}

const names = ["train", "holdout", "duplicate", "replaced", "contradicting", "leftOut"] as const;

/** The counts of many batches, while they are counted. */
export type CountsByBatch = Readonly<Record<(typeof names)[number], Uint32Array>>;

export const countsByBatch = (batches: number): CountsByBatch => ({
  train: new Uint32Array(batches),
  holdout: new Uint32Array(batches),
  duplicate: new Uint32Array(batches),
  replaced: new Uint32Array(batches),
  contradicting: new Uint32Array(batches),
  leftOut: new Uint32Array(batches),
});

const countsFrom = (countOf: (name: (typeof names)[number]) => number): Counts => ({
  train: countOf("train"),
  holdout: countOf("holdout"),
  duplicate: countOf("duplicate"),
  replaced: countOf("replaced"),
  contradicting: countOf("contradicting"),
  leftOut: countOf("leftOut"),
});

export const countsOf = (counts: CountsByBatch, batch: number): Counts =>
  countsFrom((name) => counts[name][batch] ?? 0);

export const countsInAll = (counts: CountsByBatch): Counts =>
  countsFrom((name) => counts[name].reduce((sum, count) => sum + count, 0));

/** Counts one more of a batch. */
export function count(column: Uint32Array, batch: number): void {
  column[batch] = (column[batch] ?? 0) + 1;
}
