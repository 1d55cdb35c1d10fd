import type { Decision, Hold } from "@ratchet/contracts";
import type { HoldoutUse } from "./holdout-epoch.ts";
import type { Policy } from "./policy.ts";
import {
  comparisonInWords,
  durationInWords,
  firstTooFewInWords,
  guardrailInWords,
  keptInWords,
  metInWords,
  sliceInWords,
  unmetThresholds,
} from "./reasons.ts";
import { keepingOf, standingOf } from "./rule.ts";
import type { Weighing } from "./weighing.ts";

/** The champion, or why it cannot be compared with. */
export interface ChampionEvidence {
  readonly version: string;
  /** Why it could not be scored on the holdout; undefined where it was. */
  readonly fault: string | undefined;
  /** Milliseconds since it was promoted. */
  readonly age: number;
}

/** Who stands against whom. */
export interface Candidacy {
  /** The challenger's. */
  readonly version: string;
  /** Null where nothing serves yet. */
  readonly champion: ChampionEvidence | null;
  /** Whether the run voted to deploy; undefined where nobody asked it. */
  readonly votedToDeploy: boolean | undefined;
}

/** All that a verdict rests on. */
export interface Evidence extends Candidacy {
  readonly weighing: Weighing;
  /** What the holdout may still be used for; undefined where nothing had to be compared. */
  readonly use: HoldoutUse | undefined;
}

export interface Judgement {
  readonly decision: Decision;
  /** In words and numbers, the deciding one first. */
  readonly reasons: readonly string[];
  /** What a HOLD is for, as data; empty where it is none. */
  readonly heldFor: readonly Hold[];
}

/** Something that holds a challenger back, as data and in words. */
interface Held {
  readonly for: Hold;
  readonly reason: string;
}

/** What holds a challenger back whatever its numbers are; such a verdict does not use the holdout. */
export function holdsBefore({ version, champion, votedToDeploy }: Candidacy, policy: Policy): readonly Held[] {
  const holds: Held[] = [];
  if (policy.triggerRequired && votedToDeploy !== true)
    holds.push({
      for: "vote",
      reason: "the run did not write the file trigger beside its model, and gate.triggerFile requires its vote",
    });
  if (!champion) return holds;
  if (champion.version === version)
    holds.push({ for: "promoted", reason: `version ${version} is the champion already` });
  if (champion.age < policy.cooldown)
    holds.push({
      for: "cooldown",
      reason: `the champion, version ${champion.version}, was promoted ${durationInWords(champion.age)} ago; gate.cooldown asks for ${durationInWords(policy.cooldown)} between promotions`,
    });
  if (champion.fault !== undefined)
    holds.push({
      for: "champion",
      reason: `the champion, version ${champion.version}, cannot be scored on the holdout: ${champion.fault}; mend it, or force a promotion`,
    });
  return holds;
}

const reject = (...reasons: readonly string[]): Judgement => ({ decision: "reject", reasons, heldFor: [] });
const promote = (...reasons: readonly string[]): Judgement => ({ decision: "promote", reasons, heldFor: [] });
const hold = (heldFor: readonly Hold[], ...reasons: readonly string[]): Judgement => ({
  decision: "hold",
  reasons,
  heldFor,
});

/** A challenger that cannot be scored is not good enough, whatever it stands against. */
export const judgeUnusable = (fault: string): Judgement => reject(`the challenger cannot be scored: ${fault}`);

/**
 * Decides by the evidence. REJECT: a threshold is missed, or it is shown to be worse. PROMOTE: every threshold is met
 * and it is shown to be better, with no guardrail or large slice getting worse by more than its margin. HOLD: neither
 * is shown, or nothing may be.
 */
export function judge(evidence: Evidence, policy: Policy): Judgement {
  const { champion, weighing, use } = evidence;
  const { primary, guardrails, slices } = weighing;
  // So few rows neither show that thresholds are met nor that they are missed.
  if (!champion && primary.rows < policy.minRows) return hold(["rows"], firstTooFewInWords(primary.rows, policy));
  const unmet = unmetThresholds(weighing, policy.thresholds);
  if (unmet.length > 0) return reject(...unmet);

  const holds = holdsBefore(evidence, policy);
  if (holds.length > 0)
    return hold(
      holds.map((held) => held.for),
      ...holds.map(({ reason }) => reason),
    );
  if (!champion)
    return promote(`no champion yet, and every threshold is met: ${metInWords(weighing, policy.thresholds)}`);
  if (use?.state === "closed") return hold(["holdout"], use.reason);

  const words = comparisonInWords(primary, policy);
  const { shown } = standingOf(primary, policy);
  if (shown === "worse") return reject(words);

  const inTheWay = [
    ...guardrails.map((guard) => ({ guard, why: guardrailInWords(guard) })),
    ...slices.filter(({ binding }) => binding).map((guard) => ({ guard, why: sliceInWords(guard) })),
  ].filter(({ guard }) => !guard.held);
  const broken = inTheWay.filter(({ guard }) => keepingOf(guard).shown === "broken");
  if (broken.length > 0) return reject(...broken.map(({ why }) => why), words);
  const unshown = inTheWay.map(({ why }) => why);
  if (shown !== "better") return hold(["rows"], words, ...unshown);
  if (unshown.length > 0) return hold(["rows"], ...unshown, words);
  return promote(words, ...guardrails.map(keptInWords));
}
