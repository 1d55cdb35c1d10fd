import type { ClassifierScores } from "../scores.ts";
import type { Discordance } from "../statistics/mcnemar.ts";
import { bothWays, type Metric, type Pair } from "./metric.ts";

const isRight = ({ labels, predicted }: ClassifierScores, row: number): boolean => labels[row] === predicted[row];

function discordanceOf({ challenger, champion }: Pair<ClassifierScores>): Discordance {
  let gained = 0;
  let lost = 0;
  for (let row = 0; row < challenger.rows; row += 1) {
    const [won, had] = [isRight(challenger, row), isRight(champion, row)];
    if (won && !had) gained += 1;
    if (had && !won) lost += 1;
  }
  return { gained, lost, rows: challenger.rows };
}

/** The share of rows that are right. */
export const accuracy: Metric<ClassifierScores> = {
  measure(scores) {
    let right = 0;
    for (let row = 0; row < scores.rows; row += 1) if (isRight(scores, row)) right += 1;
    return scores.rows === 0 ? 0 : right / scores.rows;
  },
  compare({ challenger, champion }) {
    const { gained, lost, rows } = discordanceOf({ challenger, champion });
    return bothWays(gained, lost, (won, had) => ({
      method: "mcnemar-exact",
      discordance: { gained: won, lost: had, rows },
    }));
  },
};
