import { table } from "../lib/table.ts";
import { promised } from "./attack.ts";
import type { FalsePromotions, Promotions, Results } from "./results.ts";
import { type Way, ways } from "./ways.ts";

const count = (value: number): string => value.toLocaleString("en-US");
const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

const shareOf = ({ promoted }: Promotions, way: Way): string => {
  const rate = promoted[way];
  return rate ? percent(rate.happened / rate.trials) : "–";
};

/** Of many comparisons some look unlikely by chance: what is too unlikely for the least likely of all of them. */
const tooUnlikely = (rates: readonly FalsePromotions[]): number => 0.05 / Math.max(1, rates.length);

/** Whether ours promoted more often than its promise would by chance. */
export const breaksPromise = (rates: readonly FalsePromotions[]): ((one: FalsePromotions) => boolean) => {
  const bound = tooUnlikely(rates);
  return ({ chance }) => chance < bound;
};

const howMany = (one: Promotions): string =>
  one.refused > 0 && one.refused === one.promoted.ratchet?.trials ? "too few rows" : shareOf(one, "ratchet");

function ratesTable(rates: readonly FalsePromotions[]): string {
  const breaks = breaksPromise(rates);
  return table(
    ["neither is better", "metric", "rows", "promised", "trials", "ratchet", "bootstrap", "t-test", "point", ""],
    rates.map((one) => [
      one.models,
      one.metric,
      count(one.rows),
      percent(one.alpha),
      count(one.promoted.ratchet?.trials ?? 0),
      howMany(one),
      ...ways.slice(1).map((way) => shareOf(one, way)),
      breaks(one) ? (one.known ? "known" : "TOO OFTEN") : "",
    ]),
  );
}

const powerTable = (power: readonly Promotions[]): string =>
  table(
    ["the challenger is better", "metric", "rows", "ratchet", "bootstrap", "t-test", "point"],
    power.map((one) => [one.models, one.metric, count(one.rows), ...ways.map((way) => shareOf(one, way))]),
  );

const slicesTable = ({ slices }: Results): string =>
  table(
    ["slices", "rows", "by the metric alone", "with slices"],
    slices.map(({ models, rows, byMetricAlone, withSlices }) => [
      models,
      count(rows),
      percent(byMetricAlone.happened / byMetricAlone.trials),
      percent(withSlices.happened / withSlices.trials),
    ]),
  );

const attacksTable = ({ attacks }: Results): string =>
  table(
    [`twenty guesses, by what is told (promised ${percent(promised)})`, "rows", "one is promoted"],
    attacks.map(({ told, rows, promoted }) => [told, count(rows), percent(promoted.happened / promoted.trials)]),
  );

const limitOf = (value: number, limit: number): string => `${((100 * value) / limit).toPrecision(2)} % of ${limit}`;

const costsTable = ({ costs: { judging, reporting, scoring } }: Results): string =>
  [
    table(
      ["judging, once scored", "rows", "slices", "seconds", "of the limit"],
      judging.map(({ metric, guardrails, rows, slices, seconds, limit }) => [
        [metric, ...guardrails].join(", "),
        count(rows),
        count(slices),
        seconds.toPrecision(2),
        limitOf(seconds, limit),
      ]),
    ),
    table(
      ["a verdict as a page", "ms", "of the limit"],
      [
        [
          "ten classes, 50 slices, 20 others",
          reporting.milliseconds.toPrecision(2),
          limitOf(reporting.milliseconds, reporting.limit),
        ],
      ],
    ),
    table(
      ["scoring with two models", "rows", "MB at most"],
      scoring.map(({ rows, megabytes }) => ["", count(rows), megabytes.toFixed(0)]),
    ),
  ].join("\n\n");

/** The results as text. */
export function report(results: Results): string {
  const { rates, power } = results;
  const breaks = breaksPromise(rates);
  const broken = rates.filter((one) => breaks(one) && !one.known);
  const verdict =
    broken.length === 0
      ? `In none of ${rates.length} cases is more promoted than promised, but for those that are known to fail.`
      : `In ${broken.length} of ${rates.length} cases more is promoted than promised.`;
  return [
    ratesTable(rates),
    verdict,
    powerTable(power),
    slicesTable(results),
    attacksTable(results),
    costsTable(results),
  ].join("\n\n");
}
