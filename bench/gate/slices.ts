import { decidePair, type SliceColumn, weighPair } from "@ratchet/gate";
import { classifier, type Draw, type Pair, seededDraw, testScorePolicy } from "@ratchet/gate/testing";
import { rateOf } from "../lib/rate.ts";
import type { Slices } from "./results.ts";

const slices = 12;
const rowsOfSlice = 250;
const discordant = 0.09;

/** Two classifiers that differ in so many rows, the challenger being better by so much in each slice. */
function pairOf(draw: Draw, gains: readonly number[]): Pair {
  const steps = 1_000_000;
  const own: boolean[] = [];
  const other: boolean[] = [];
  for (const gain of gains)
    for (let row = 0; row < rowsOfSlice; row += 1) {
      const place = draw(steps) / steps;
      const gained = place < (discordant + gain) / 2;
      const lost = !gained && place < discordant;
      const both = draw(10) < 9;
      own.push(gained || (!lost && both));
      other.push(lost || (!gained && both));
    }
  return { challenger: classifier(own), champion: classifier(other) };
}

const column: SliceColumn = {
  column: "of",
  values: Array.from({ length: slices }, (_, index) => `slice ${index}`),
  ofRow: Int32Array.from({ length: slices * rowsOfSlice }, (_, row) => Math.floor(row / rowsOfSlice)),
};

const alone = testScorePolicy({ thresholds: [] });
const withSlices = testScorePolicy({
  thresholds: [],
  slices: [{ column: "of", margin: 0, minRows: 100, demand: "no-harm-shown" }],
});

/** How often a challenger is promoted by the metric alone, and with its slices asked as well. */
function measure(models: string, gains: readonly number[], trials: number): Slices {
  const draw = seededDraw(models);
  let [byMetric, byBoth] = [0, 0];
  for (let trial = 0; trial < trials; trial += 1) {
    const pair = pairOf(draw, gains);
    const decided = (policy: typeof alone) =>
      decidePair(weighPair(pair, policy, [column], `${trial}`), policy).decision;
    if (decided(alone) === "promote") byMetric += 1;
    if (decided(withSlices) === "promote") byBoth += 1;
  }
  return {
    models,
    rows: slices * rowsOfSlice,
    byMetricAlone: rateOf(byMetric, trials),
    withSlices: rateOf(byBoth, trials),
  };
}

export const measureSlices = (trials: number): readonly Slices[] => {
  const all = Array.from({ length: slices }, () => 0.03);
  return [
    measure("3 points better in each of 12 slices", all, trials),
    measure("3 points better in 11 slices, 5 points worse in one", [...all.slice(1), -0.05], trials),
    measure("3 points better in 11 slices, 8 points worse in one", [...all.slice(1), -0.08], trials),
  ];
};
