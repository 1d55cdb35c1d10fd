import type { Comparison, HoldoutEpoch, Verdict } from "@ratchet/contracts";

const numberIn = (value: unknown): number => (typeof value === "number" ? value : Number.POSITIVE_INFINITY);

/** Whether rows of an epoch may judge no more. */
function isOver({ attempts, openedAt }: HoldoutEpoch, { policy }: Verdict, now: Date): boolean {
  const age = now.getTime() - new Date(openedAt).getTime();
  return attempts.length >= numberIn(policy["reuseBudget"]) || age > numberIn(policy["holdoutMaxAge"]);
}

/** Whether a verdict is one of which the decision alone is told, as long as its rows may judge others. */
export const tellsDecisionAlone = ({ policy }: Verdict): boolean => policy["reveal"] === "decision";

/**
 * Whether a verdict's numbers are kept back at a time.
 * @param epoch the newest of the model's holdout; undefined where none has begun.
 */
export function isKeptBack(verdict: Verdict, epoch: HoldoutEpoch | undefined, now: Date): boolean {
  if (!tellsDecisionAlone(verdict)) return false;
  if (!epoch) return true;
  // Rows that judged before any epoch had begun are the first one's.
  const own = Math.max(1, verdict.holdout.epoch ?? 1);
  return epoch.epoch < own || (epoch.epoch === own && !isOver(epoch, verdict, now));
}

const until = "numbers are told when these rows judge no more (gate.reveal: decision)";

/** Why, by what no row has said; undefined where it is for what rows have said. */
function reasonsWithoutRows({ heldFor = [], comparison, reasons }: Verdict): Verdict["reasons"] | undefined {
  if (comparison === undefined) return reasons;
  return heldFor.length > 0 && !heldFor.includes("rows") ? reasons : undefined;
}

function inOneSentence({ decision, champion }: Verdict): string {
  if (decision === "promote")
    return champion === null ? "it meets every threshold" : "it is shown to be better than the champion";
  if (decision === "reject") return "it misses a threshold, or is shown to be worse";
  return "the rows do not tell";
}

const keptBack = ({ metric, alpha, rows }: Comparison): Comparison => ({
  ...{ metric, alpha, rows },
  challenger: 0,
  champion: null,
  improvement: null,
  lowerBound: null,
  method: "kept-back",
});

/** The verdict as it may be told to those who train: the decision, and nothing by which these rows could be learned. */
export function withoutNumbers(verdict: Verdict): Verdict {
  const { comparison, details: _, limits: __, ...rest } = verdict;
  return {
    ...rest,
    reasons: reasonsWithoutRows(verdict) ?? [`${inOneSentence(verdict)}; ${until}`],
    ...(comparison ? { comparison: keptBack(comparison) } : {}),
    metrics: {},
    guardrails: [],
    slices: [],
  };
}
