import { type Comparison, type ComparisonMethod, type MetricName, metrics } from "@ratchet/contracts";
import { improvementOf, measure, metricOf } from "../metrics/metric.ts";
import type { ClassifierScores, Scores } from "../scores.ts";
import { bootstrapBounds, fewestRows, type SumStatistic } from "../statistics/bootstrap.ts";
import { accuracyLowerBound, type Discordance } from "../statistics/mcnemar.ts";

/** A comparison, with the bound from the other side. */
export interface Compared extends Comparison {
  readonly method: ComparisonMethod;
  /** One-sided lower bound, at alpha, of how much better the champion is; null where none can be given. */
  readonly championLead: number | null;
}

/** Both models' scores of the same rows in the same order. */
export interface ScoredPair {
  readonly challenger: Scores;
  readonly champion: Scores;
}

/** From this many discordant rows on, the bootstrap takes the place of the exact test. */
const fewDiscordant = 25;

function discordanceOf(challenger: ClassifierScores, champion: ClassifierScores): Discordance {
  let gained = 0;
  let lost = 0;
  for (let row = 0; row < challenger.rows; row += 1) {
    const won = challenger.predicted[row] === challenger.labels[row];
    const had = champion.predicted[row] === champion.labels[row];
    if (won && !had) gained += 1;
    if (had && !won) lost += 1;
  }
  return { gained, lost, rows: challenger.rows };
}

/** The challenger's metric alone, where nothing is tested. */
export function absolute(metric: MetricName, challenger: SumStatistic, champion?: SumStatistic): Compared {
  const value = measure(challenger);
  const other = champion ? measure(champion) : null;
  const sign = metrics[metric].better === "higher" ? 1 : -1;
  return {
    metric,
    challenger: value,
    champion: other,
    improvement: other === null ? null : sign * (value - other),
    lowerBound: null,
    alpha: null,
    rows: challenger.rows,
    method: "absolute",
    championLead: null,
  };
}

/**
 * Compares two models by a metric on the same rows: exact McNemar for accuracy with few discordant rows, else the
 * paired bootstrap. Bounds are null where there are too few rows for it.
 * @param seed what makes the bootstrap repeatable.
 * @returns undefined where a model's scores do not carry the metric.
 */
export function compare(
  metric: MetricName,
  { challenger, champion }: ScoredPair,
  alpha: number,
  seed: string,
): Compared | undefined {
  const ofChallenger = metricOf(metric, challenger);
  const ofChampion = metricOf(metric, champion);
  if (!ofChallenger || !ofChampion) return undefined;
  const values = { ...absolute(metric, ofChallenger, ofChampion), alpha };
  if (metric === "accuracy" && challenger.task === "classification" && champion.task === "classification") {
    const discordance = discordanceOf(challenger, champion);
    const { gained, lost, rows } = discordance;
    if (rows > 0 && gained + lost < fewDiscordant)
      return {
        ...values,
        lowerBound: accuracyLowerBound(discordance, alpha),
        championLead: accuracyLowerBound({ gained: lost, lost: gained, rows }, alpha),
        method: "mcnemar-exact",
      };
  }
  if (challenger.rows < fewestRows) return { ...values, method: "paired-bootstrap" };
  const { lower, upper } = bootstrapBounds(improvementOf(metric, ofChallenger, ofChampion), alpha, seed);
  return { ...values, lowerBound: lower, championLead: upper === 0 ? 0 : -upper, method: "paired-bootstrap" };
}
