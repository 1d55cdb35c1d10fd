import type { JudgementRecord, Verdict } from "@ratchet/contracts";
import { fewestRows } from "@ratchet/gate";

/**
 * How many held-out rows that have not judged a challenger are worth another use of the holdout: as many as could not tell, so
 * that the uses grow with the logarithm of the rows; where there were too few to compare by, those that are missing.
 */
function newRowsWanted({ comparison, champion, policy, holdout: { rows } }: Verdict): number {
  const fewest = champion === null ? Number(policy["minRows"] ?? 1) : fewestRows;
  const tooFew = comparison?.lowerBound === null;
  return Math.max(tooFew ? fewest - rows : rows, 1);
}

/** What a verdict waits for; undefined where it does not hold, or the version is the champion and nothing is to come. */
export function waitOf(verdict: Verdict): JudgementRecord["held"] {
  // Verdicts from before it was kept have held for want of rows, or for something that the next look at the champion tells.
  const { decision, heldFor = ["rows"], heldUntil } = verdict;
  if (decision !== "hold" || heldFor.length === 0 || heldFor.includes("promoted")) return undefined;
  return {
    for: [...heldFor],
    ...(heldUntil === undefined ? {} : { until: heldUntil }),
    ...(heldFor.includes("rows") ? { newRows: newRowsWanted(verdict) } : {}),
  };
}
