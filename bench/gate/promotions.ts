import { binomialUpperTail, type Draw, type Pair, seededDraw } from "@ratchet/gate/testing";
import { rateOf } from "../lib/rate.ts";
import { effects } from "./effects.ts";
import { nulls } from "./nulls.ts";
import type { FalsePromotions, Promotions } from "./results.ts";
import { ask, type Way, ways } from "./ways.ts";

/** One measurement, as it can be sent to a process. */
export interface Cell {
  readonly of: "null" | "effect";
  /** Where it stands among the nulls, or the effects. */
  readonly index: number;
  readonly metric: string;
  readonly rows: number;
  readonly alphas: readonly number[];
  readonly trials: number;
}

/** Rows that may be drawn again and again within some minutes. */
const mostResampled = 1_500_000;

interface Source {
  readonly name: string;
  readonly draw: (draw: Draw, rows: number) => Pair;
}

function sourceOf({ of, index }: Cell): Source {
  const found = (of === "null" ? nulls : effects)[index];
  if (!found) throw new RangeError(`there is no ${of} ${index}`);
  return found;
}

const trialsOf = (way: Way, { rows, trials }: Cell): number =>
  way === "bootstrap" ? Math.min(trials, Math.floor(mostResampled / rows)) : trials;

/** Draws pairs of models and asks every way of each. */
export function promotionsOf(cell: Cell): readonly Promotions[] {
  const { metric, rows, alphas, trials } = cell;
  const { name, draw: drawPair } = sourceOf(cell);
  const draw = seededDraw(`${name} ${metric} ${rows}`);
  const counts = alphas.map(() => ({ refused: 0, promoted: { ratchet: 0, bootstrap: 0, "t-test": 0, point: 0 } }));
  for (let trial = 0; trial < trials; trial += 1) {
    const pair = drawPair(draw, rows);
    for (const [at, alpha] of alphas.entries())
      for (const way of ways) {
        if (trial >= trialsOf(way, cell)) continue;
        const answer = ask(way, pair, { metric, alpha }, draw, `${trial}`);
        const count = counts[at];
        if (count && answer === "refused") count.refused += 1;
        else if (count && answer) count.promoted[way] += 1;
      }
  }
  return alphas.map((alpha, at) => ({
    models: name,
    metric,
    rows,
    alpha,
    refused: counts[at]?.refused ?? 0,
    promoted: Object.fromEntries(
      ways
        .filter((way) => trialsOf(way, cell) > 0)
        .map((way) => [way, rateOf(counts[at]?.promoted[way] ?? 0, trialsOf(way, cell))]),
    ),
  }));
}

/** The same with what is known of models of which neither is better. */
export function asFalse(promotions: Promotions): FalsePromotions {
  const { models, metric, alpha, promoted } = promotions;
  const { happened = 0, trials = 0 } = promoted.ratchet ?? {};
  return {
    ...promotions,
    known: nulls.some((one) => one.name === models && one.metrics.includes(metric) && one.known === true),
    chance: binomialUpperTail(happened, trials, alpha),
  };
}
