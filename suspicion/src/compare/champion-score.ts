import type { Answers, ChampionScore, Losses, SuspicionPolicy } from "@ratchet/contracts";
import { hypergeometricTail, studentLower } from "../statistics/tails.ts";
import type { Comparison } from "./comparison.ts";
import { percent, short } from "./words.ts";

/** By so many deviations the mean loss may be higher. */
const maxDeviations = 0.25;

function compareAnswers(batch: Answers, others: Answers, { maxShare }: SuspicionPolicy): readonly Comparison[] {
  const [rows, rowsOfOthers] = [batch.right + batch.wrong, others.right + others.wrong];
  if (rows === 0 || rowsOfOthers === 0) return [];
  const [share, shareOfOthers] = [batch.wrong / rows, others.wrong / rowsOfOthers];
  return [
    {
      kind: "champion-score",
      probability: hypergeometricTail(batch.wrong, rows + rowsOfOthers, batch.wrong + others.wrong, rows),
      effect: share - shareOfOthers,
      limit: maxShare,
      sentence: () =>
        `The champion is right on ${percent(1 - share)} of the batch's ${rows} held-out rows, and on ${percent(1 - shareOfOthers)} of the others.`,
      bars: [
        { label: "right", batch: 1 - share, before: 1 - shareOfOthers },
        { label: "wrong", batch: share, before: shareOfOthers },
      ],
    },
  ];
}

/** Welch's test: the spread of losses may differ. */
function compareLosses(batch: Losses, others: Losses): readonly Comparison[] {
  if (batch.rows < 2 || others.rows < 2) return [];
  const [own, theirs] = [batch.variance / batch.rows, others.variance / others.rows];
  if (own + theirs === 0 || others.variance === 0) return [];
  const degrees = (own + theirs) ** 2 / (own ** 2 / (batch.rows - 1) + theirs ** 2 / (others.rows - 1));
  const worse = batch.mean - others.mean;
  const highest = Math.max(batch.mean, others.mean);
  return [
    {
      kind: "champion-score",
      probability: studentLower(-worse / Math.sqrt(own + theirs), degrees),
      effect: worse / Math.sqrt(others.variance),
      limit: maxDeviations,
      sentence: () =>
        `The champion's mean loss is ${short(batch.mean)} on the batch's ${batch.rows} held-out rows, and ${short(others.mean)} on the others.`,
      bars: [{ label: "mean loss, of the higher", batch: batch.mean / highest, before: others.mean / highest }],
    },
  ];
}

const areAnswers = (score: ChampionScore): score is { readonly batch: Answers; readonly others: Answers } =>
  "right" in score.batch;

/** Whether the champion does worse on the batch than on others; better is no reason to suspect anything. */
export const compareChampionScore = (score: ChampionScore, policy: SuspicionPolicy): readonly Comparison[] =>
  areAnswers(score) ? compareAnswers(score.batch, score.others, policy) : compareLosses(score.batch, score.others);
