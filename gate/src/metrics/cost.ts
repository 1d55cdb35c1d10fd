import type { ClassifierScores } from "../scores.ts";
import { meanLoss } from "./mean-loss.ts";
import { at, type Metric } from "./metric.ts";

/** The mean cost of what was said, by a matrix: of a row of class i that is said to be of class j, `costs[i][j]`. */
export function cost(costs: readonly (readonly number[])[]): Metric<ClassifierScores> {
  const all = costs.flat();
  const most = Math.max(...all) - Math.min(...all);
  const charged = ({ labels, predicted }: ClassifierScores): Float64Array =>
    Float64Array.from(labels, (label, row) => costs[label]?.[at(predicted, row)] ?? 0);
  return meanLoss(charged, () => most);
}
