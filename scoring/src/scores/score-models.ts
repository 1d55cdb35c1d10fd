import type { GoldenPredictions } from "@ratchet/contracts";
import type { Scores, SliceColumn } from "@ratchet/gate";
import { isTransient } from "@ratchet/messaging";
import type { ModelShape, OnnxModel } from "../models/model.ts";
import { collectorFor, type Kept, type SaidOfRows, type ScoreCollector } from "./collect-scores.ts";
import type { RowBlock } from "./row-block.ts";
import { collectWorst, type WorstRow } from "./worst-rows.ts";

/** So many people look at. */
const mostWorst = 10;

/** What the champion said, or why it said nothing. */
type ChampionScores = { readonly scores: Scores } | { readonly fault: string };

export interface ScoredModels {
  readonly rows: number;
  readonly challenger: Scores;
  readonly champion: ChampionScores | undefined;
  readonly slices: readonly SliceColumn[];
  /** Undefined where there were no rows. */
  readonly golden: GoldenPredictions | undefined;
  /** The rows on which the challenger is furthest off, the worst first. */
  readonly worst: readonly WorstRow[];
}

/**
 * A fault in words.
 * @throws {TransientError} when trying again can mend it: it is thrown on.
 */
export function faultOf(error: unknown): string {
  if (isTransient(error)) throw error;
  return error instanceof Error ? error.message : String(error);
}

/** Adds what the champion said, or gives its fault where it said what none can say. */
function addTo(champion: ScoreCollector, labels: Float64Array, outputs: Float64Array): SaidOfRows | string {
  try {
    return champion.add(labels, outputs);
  } catch (error) {
    return faultOf(error);
  }
}

/** Turns the texts of a column into indices as they come. */
function sliceCollector(column: string) {
  const values: string[] = [];
  const indices = new Map<string, number>();
  const parts: number[][] = [];
  return {
    add(texts: readonly string[]): void {
      parts.push(
        texts.map((text) => {
          const known = indices.get(text);
          if (known !== undefined) return known;
          indices.set(text, values.length);
          values.push(text);
          return values.length - 1;
        }),
      );
    },
    slice: (): SliceColumn => ({ column, values, ofRow: Int32Array.from(parts.flat()) }),
  };
}

/** Predictions for the first rows, as a deployed copy of the model must make them. */
async function goldenOf(
  model: OnnxModel,
  shape: ModelShape,
  { count, features }: RowBlock,
  wanted: number,
): Promise<GoldenPredictions> {
  const rows = Math.min(count, wanted);
  const chosen = features.slice(0, rows * shape.features);
  const outputs = await model.run(chosen, rows);
  const perRow = outputs.length / rows;
  const largest = outputs.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const split = (values: ArrayLike<number>, width: number) =>
    Array.from({ length: rows }, (_, row) =>
      Array.from({ length: width }, (_, index) => values[row * width + index] ?? 0),
    );
  return {
    input: model.input,
    output: model.output,
    // JSON has no not-a-number: an empty field is null.
    rows: split(chosen, shape.features).map((row) => row.map((value) => (Number.isNaN(value) ? null : value))),
    expected: split(outputs, perRow),
    // Room for another machine's order of summing, none for another model.
    tolerance: 1e-4 * largest,
  };
}

/**
 * Scores both models on the same rows, as they come. A champion that fails is left out with the reason; a challenger
 * that fails is an error.
 * @throws {UnusableModelError} when the challenger fails, or gives another number of values.
 */
export async function scoreModels(
  rows: AsyncIterable<RowBlock>,
  models: { readonly challenger: OnnxModel; readonly champion: OnnxModel | undefined },
  shape: ModelShape,
  wanted: Kept & { readonly golden: number; readonly sliceColumns: readonly string[] },
): Promise<ScoredModels> {
  const challenger = collectorFor(shape, models.challenger, wanted);
  const champion = models.champion && collectorFor(shape, models.champion, wanted);
  const slices = wanted.sliceColumns.map(sliceCollector);
  const worst = collectWorst(mostWorst);
  let fault: string | undefined;
  let golden: GoldenPredictions | undefined;
  let count = 0;
  for await (const some of rows) {
    golden ??= await goldenOf(models.challenger, shape, some, wanted.golden);
    // Each computes in a process of its own.
    const [said, saidByChampion] = await Promise.allSettled([
      models.challenger.run(some.features, some.count),
      fault === undefined ? models.champion?.run(some.features, some.count) : undefined,
    ]);
    if (said.status === "rejected") throw said.reason;
    const own = challenger.add(some.labels, said.value);
    let other: SaidOfRows | string | undefined;
    for (const [index, slice] of slices.entries()) slice.add(some.texts[index] ?? []);
    count += some.count;
    if (saidByChampion.status === "rejected") fault = faultOf(saidByChampion.reason);
    else if (saidByChampion.value && champion) other = addTo(champion, some.labels, saidByChampion.value);
    if (typeof other === "string") fault = other;
    worst.add(some, own, typeof other === "string" ? undefined : other);
  }
  const ofChampion = (): ChampionScores | undefined => {
    if (fault !== undefined) return { fault };
    return champion && { scores: champion.scores() };
  };
  return {
    rows: count,
    challenger: challenger.scores(),
    champion: ofChampion(),
    slices: slices.map(({ slice }) => slice()),
    golden,
    worst: worst.worst(),
  };
}
