import type { Decision, Hold } from "@ratchet/contracts";
import type { ScorePolicy } from "./policy.ts";
import {
  brokenLimits,
  comparisonInWords,
  firstTooFewInWords,
  guardrailInWords,
  keptInWords,
  metInWords,
  sliceInWords,
  unmetThresholds,
} from "./reasons.ts";
import { keepingOf, standingOf } from "./rule.ts";
import type { Slice } from "./slices.ts";
import type { Guarded, Weighing } from "./weighing.ts";

/** A decision, and why. */
export interface Judgement {
  readonly decision: Decision;
  /** In words and numbers, the deciding one first. */
  readonly reasons: readonly string[];
  /** What a HOLD is for, as data; empty where it is none. */
  readonly heldFor: readonly Hold[];
}

export const reject = (...reasons: readonly string[]): Judgement => ({ decision: "reject", reasons, heldFor: [] });
const promote = (...reasons: readonly string[]): Judgement => ({ decision: "promote", reasons, heldFor: [] });
export const hold = (heldFor: readonly Hold[], ...reasons: readonly string[]): Judgement => ({
  decision: "hold",
  reasons,
  heldFor,
});

/** REJECT where a threshold is missed or it costs more than it may, however good it is; undefined where it does not. */
export function decideDemands(weighing: Weighing, policy: ScorePolicy): Judgement | undefined {
  const unmet = [...unmetThresholds(weighing, policy.thresholds), ...brokenLimits(weighing)];
  return unmet.length > 0 ? reject(...unmet) : undefined;
}

/** Decides a challenger that has no champion to stand against: it has to meet every threshold, on enough rows. */
export function decideAlone(weighing: Weighing, policy: ScorePolicy): Judgement {
  const { rows } = weighing.primary;
  // So few rows neither show that thresholds are met nor that they are missed.
  if (rows < policy.minRows) return hold(["rows"], firstTooFewInWords(rows, policy));
  return (
    decideDemands(weighing, policy) ??
    promote(`no champion yet, and every threshold is met: ${metInWords(weighing, policy.thresholds)}`)
  );
}

/** Whether what does not hold is shown to be broken, and not merely not shown to be kept. */
const isBroken = (guard: Guarded | Slice): boolean =>
  "demand" in guard && guard.demand === "no-harm-shown" ? !guard.held : keepingOf(guard).shown === "broken";

/**
 * Decides a challenger by its comparison with the champion. REJECT: a threshold is missed, it costs more
 * than it may, or it is shown to be worse. PROMOTE:
 * every threshold is met and it is shown to be better, with no guardrail or large slice getting worse by more than its margin.
 * HOLD: neither is shown.
 */
export function decidePair(weighing: Weighing, policy: ScorePolicy): Judgement {
  const { primary, guardrails, slices } = weighing;
  const missed = decideDemands(weighing, policy);
  if (missed) return missed;
  const words = comparisonInWords(primary, policy);
  const { shown } = standingOf(primary, policy);
  if (shown === "worse") return reject(words);

  const inTheWay = [
    ...guardrails.map((guard) => ({ guard, why: guardrailInWords(guard) })),
    ...slices.filter(({ binding }) => binding).map((guard) => ({ guard, why: sliceInWords(guard) })),
  ].filter(({ guard }) => !guard.held);
  const broken = inTheWay.filter(({ guard }) => isBroken(guard));
  if (broken.length > 0) return reject(...broken.map(({ why }) => why), words);
  const unshown = inTheWay.map(({ why }) => why);
  if (shown !== "better") return hold(["rows"], words, ...unshown);
  if (unshown.length > 0) return hold(["rows"], ...unshown, words);
  return promote(words, ...guardrails.map(keptInWords));
}
