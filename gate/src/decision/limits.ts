import { type CostLimit, type Limited, type LimitName, limitNames } from "@ratchet/contracts";
import type { Scores } from "../scores.ts";
import { binomialUpperTail } from "../statistics/binomial.ts";
import { predictionDrift } from "../statistics/prediction-drift.ts";
import type { ScorePolicy } from "./policy.ts";
import { alphaToGuard } from "./rule.ts";

/** What a model costs beside its quality, as far as it was measured. */
interface Cost {
  /** The 95th percentile of one row's time, in milliseconds, of each of some blocks; of both models as many, in turns. */
  readonly latency?: readonly number[] | undefined;
  /** In bytes. */
  readonly memory?: number | undefined;
  /** In bytes. */
  readonly size?: number | undefined;
}

/** Both models' costs. */
export interface Costs {
  readonly challenger: Cost;
  readonly champion?: Cost | undefined;
}

/** Two models, or one, with what they cost. */
export interface Costed {
  readonly challenger: Scores;
  readonly champion?: Scores | undefined;
  /** Undefined where none were measured. */
  readonly costs?: Costs | undefined;
}

/** What a measured cost is, and what it is at least where it varies by chance. */
interface Measured {
  readonly challenger: number;
  readonly champion: number | null;
  readonly atLeast?: number | undefined;
  readonly timesAtLeast?: number | undefined;
}

/**
 * The one-sided lower bound of a median, by the sign test: so many of the least values may lie below it by chance. It takes for
 * granted that blocks are independent of each other, and nothing of how they spread.
 * @returns undefined where there are too few values.
 */
export function medianLower(values: readonly number[], alpha: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  // Where the median is lower than the k-th least value, at least length - k + 1 values lie above it.
  let below = 0;
  while (below < length && binomialUpperTail(length - below, length, 0.5) <= alpha) below += 1;
  return below === 0 ? undefined : sorted[below - 1];
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function latencyOf({ challenger, champion }: Costs, alpha: number): Measured | undefined {
  const [own, other] = [challenger.latency, champion?.latency];
  if (!own) return undefined;
  return {
    challenger: median(own),
    champion: other ? median(other) : null,
    atLeast: medianLower(own, alpha),
    timesAtLeast:
      other &&
      medianLower(
        own.map((value, block) => value / (other[block] ?? Number.NaN)),
        alpha,
      ),
  };
}

function sizeOf(name: "memory" | "size", { challenger, champion }: Costs): Measured | undefined {
  const own = challenger[name];
  return own === undefined ? undefined : { challenger: own, champion: champion?.[name] ?? null };
}

/** Whether a cost is shown to be beyond its limit. */
function isBeyond(
  { challenger, champion, atLeast, timesAtLeast }: Measured,
  varies: boolean,
  limit: CostLimit,
): boolean {
  const least = varies ? atLeast : challenger;
  const times = varies ? timesAtLeast : champion === null ? undefined : challenger / champion;
  return (
    (limit.max !== undefined && least !== undefined && least > limit.max) ||
    (limit.times !== undefined && times !== undefined && times > limit.times)
  );
}

/**
 * Holds what was measured of two models against what the gate limits.
 */
export function weighLimits(
  { challenger, champion, costs }: Costed,
  { limits = {}, confidence }: Pick<ScorePolicy, "limits" | "confidence">,
): readonly Limited[] {
  const measured = (name: LimitName): Measured | undefined => {
    if (name === "latency") return costs && latencyOf(costs, alphaToGuard({ confidence }));
    if (name !== "drift") return costs && sizeOf(name, costs);
    return champion && { challenger: predictionDrift({ challenger, champion }), champion: null };
  };
  return limitNames.flatMap((name) => {
    const limit = limits[name];
    const found = limit && measured(name);
    if (!limit || !found) return [];
    return [{ name, ...found, ...limit, held: !isBeyond(found, name === "latency", limit) }];
  });
}
