import type { Definition } from "@ratchet/contracts";
import { heldBit, rowOf } from "../index/row-record.ts";
import { type CountedRows, type Counting, countedRows } from "./counted-rows.ts";
import { type Counts, count, countsByBatch, countsInAll, countsOf } from "./counts.ts";
import { type PlannedBatch, type PlannedIndex, plannedBatches } from "./planned-batches.ts";
import { digestOf, emptyBitmaps, type TakenRows, takeRow } from "./taken-rows.ts";
import { boundaryOf, type SampledUnit, sampleSize, timeSample } from "./time-boundary.ts";
import { noBatch, onceTrained } from "./unit-table.ts";
import { visitRanges } from "./visit-ranges.ts";

/** How rows are told apart and split. */
export interface PlanRule {
  /** `latest` where the definition has a key. */
  readonly counts: Counting;
  /** By what rows are split: by hash, or by time. */
  readonly by: "hash" | "time";
  /** The share of rows that judge. */
  readonly holdout: number;
}

/** Which rows may judge, where not all may that are held out for it. */
export interface Judging {
  /** Whether rows may whose unit a batch brought first, withdrawn or not: it is given as its number among all. */
  readonly mayBegin?: (batch: number) => boolean;
  /** By time: only rows from then on, in milliseconds since 1970. */
  readonly notBefore?: number | undefined;
}

/** Which rows of a batch train, and which judge. */
interface BatchPlan {
  readonly counts: Counts;
  readonly train: TakenRows;
  readonly holdout: TakenRows;
}

/** Which rows of a model train, and which judge. */
export interface DatasetPlan {
  /** Of each batch, in the order of admission. */
  readonly batches: readonly BatchPlan[];
  readonly counts: Counts;
  /** By time: from which time on rows judge, in milliseconds since 1970; undefined where all rows are of one instant. */
  readonly boundary?: number | undefined;
  /** The last batch that first brought a row which judges, or would if it might; its number among all. */
  readonly lastToBegin?: number | undefined;
}

interface PlanSizes {
  readonly recordsPerRange: number;
  readonly sampleSize: number;
}

/** How the rows of a model are told apart and split. */
export const ruleOf = ({ data: { key, time, holdout } }: Pick<Definition, "data">): PlanRule => ({
  counts: key ? "latest" : "first",
  by: time === undefined ? "hash" : "time",
  holdout,
});

/** Ranges whose units fit into a processor's cache are the quickest. */
const usualSizes: PlanSizes = { recordsPerRange: 2 ** 16, sampleSize };

/** The units of the present range that count, each with its time. */
function sampledUnits({ units: { size, columns } }: CountedRows): readonly SampledUnit[] {
  const sampled: SampledUnit[] = [];
  for (let unit = 0; unit < size; unit += 1)
    if (columns.batch[unit] !== noBatch)
      sampled.push({ high: columns.high[unit] ?? 0, low: columns.low[unit] ?? 0, time: columns.place[unit] ?? 0 });
  return sampled;
}

/** Reads as much of the beginning of all indexes as it takes to know the boundary. */
async function findBoundary(
  indexes: readonly PlannedIndex[],
  batches: readonly PlannedBatch[],
  { counts, holdout }: PlanRule,
  sizes: PlanSizes,
): Promise<number | undefined> {
  const rows = countedRows(batches, counts, sizes.recordsPerRange, countsByBatch(batches.length));
  const sample = timeSample(sizes.sampleSize);
  await visitRanges(indexes, sizes.recordsPerRange, {
    take: rows.take,
    endRange() {
      const wantsMore = sample.add(sampledUnits(rows));
      rows.units.clear();
      return wantsMore;
    },
  });
  return boundaryOf(sample.times(), holdout);
}

/** What is taken of all batches for one side. */
interface Side {
  readonly counts: Uint32Array;
  readonly bitmaps: readonly Uint8Array[];
}

const sideOf = (batches: readonly PlannedBatch[], counts: Uint32Array): Side => ({
  counts,
  bitmaps: emptyBitmaps(batches),
});

/**
 * Decides of each batch which rows train and which judge. Of all rows of a unit in active batches one counts: the first, or by
 * key the latest. By hash a row that its batch held out never trains, and one that it did not hold out never judges, however the
 * share or the schema have changed since: what judges a model has trained none before it. It trains where its place is `holdout`
 * or more; below that it judges, if no row of its unit was ever on the training side, in whatever batch. What is neither is left
 * out. By time the newest judge (see {@link boundaryOf}), and all others train.
 *
 * What it holds: two bits for each row; the units of one range, some 64 bytes for each; and two chunks for each open stream.
 * A batch's own index is a stream for each of its segments, a merged one is a single stream; more than 4096 at once are
 * refused. Neither the sizes of chunks and ranges nor merging makes a difference to what is decided.
 * @param judging of the rows that would judge, which may: the others are left out.
 * @throws {RowIndexError} when an index is damaged, batches are not in the order of admission, or streams are too many.
 */
export async function planDataset(
  indexes: readonly PlannedIndex[],
  rule: PlanRule,
  judging: Judging = {},
  sizes: PlanSizes = usualSizes,
): Promise<DatasetPlan> {
  const { mayBegin = () => true, notBefore = Number.NEGATIVE_INFINITY } = judging;
  const batches = plannedBatches(indexes);
  const boundary = rule.by === "time" ? await findBoundary(indexes, batches, rule, sizes) : undefined;
  const counts = countsByBatch(batches.length);
  const rows = countedRows(batches, rule.counts, sizes.recordsPerRange, counts);
  const train = sideOf(batches, counts.train);
  const holdout = sideOf(batches, counts.holdout);

  const judges = batches.map((_, batch) => mayBegin(batch));
  let lastToBegin: number | undefined;

  const judgeIf = (isFit: boolean, first: number): Side | undefined => {
    if (!isFit) return undefined;
    lastToBegin = Math.max(lastToBegin ?? 0, first);
    return judges[first] ? holdout : undefined;
  };

  /** Where a row that counts belongs; undefined where it is left out. */
  const decide = (place: number, isHeld: boolean, flags: number, first: number): Side | undefined => {
    if (rule.by === "time")
      return boundary === undefined || place < boundary ? train : judgeIf(place >= notBefore, first);
    if (place >= rule.holdout) return isHeld ? undefined : train;
    return judgeIf(isHeld && (flags & onceTrained) === 0, first);
  };

  await visitRanges(indexes, sizes.recordsPerRange, {
    take: rows.take,
    endRange() {
      const { size, columns } = rows.units;
      for (let unit = 0; unit < size; unit += 1) {
        const batch = columns.batch[unit] ?? noBatch;
        if (batch === noBatch) continue;
        const row = columns.row[unit] ?? 0;
        const isHeld = row >= heldBit;
        const side = decide(columns.place[unit] ?? 0, isHeld, columns.flags[unit] ?? 0, columns.first[unit] ?? noBatch);
        count(side?.counts ?? counts.leftOut, batch);
        if (!side) continue;
        takeRow(side.bitmaps[batch], rowOf(row));
      }
      rows.units.clear();
      return true;
    },
  });

  const taken = ({ bitmaps, counts }: Side, batch: number, { rows }: PlannedBatch): TakenRows => {
    const bitmap = bitmaps[batch] ?? new Uint8Array();
    return { rows: counts[batch] ?? 0, bitmap, digest: digestOf(bitmap, rows) };
  };
  return {
    batches: batches.map((batch, number) => ({
      counts: countsOf(counts, number),
      train: taken(train, number, batch),
      holdout: taken(holdout, number, batch),
    })),
    counts: countsInAll(counts),
    ...(rule.by === "time" ? { boundary } : {}),
    lastToBegin,
  };
}
