import type { ClassifierScores } from "../scores.ts";
import { meanLoss } from "./mean-loss.ts";

/** Of two classes, the squared distance of one's probability from 0 or 1; of more, the sum of all of them. */
function distances({ classes, probabilities }: ClassifierScores): Float64Array | undefined {
  if (!probabilities) return undefined;
  const { ofLabel, squares } = probabilities;
  if (classes === 2) return ofLabel.map((p) => (1 - p) ** 2);
  return squares && ofLabel.map((p, row) => (squares[row] ?? 0) - 2 * p + 1);
}

/** Source: G. Brier, Verification of forecasts expressed in terms of probability, 1950; halved for two classes, as is usual. */
export const brier = meanLoss(distances, ({ classes }) => (classes === 2 ? 1 : 2));
