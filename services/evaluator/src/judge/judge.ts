import type { Hold } from "@ratchet/contracts";
import { decideAlone, decideDemands, decidePair, hold, type Judgement, reject, type Weighing } from "@ratchet/gate";
import { durationInWords } from "./duration-in-words.ts";
import type { HoldoutUse } from "./holdout-epoch.ts";
import type { Policy } from "./policy.ts";

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

/** A challenger that cannot be scored is not good enough, whatever it stands against. */
export const judgeUnusable = (fault: string): Judgement => reject(`the challenger cannot be scored: ${fault}`);

/**
 * Decides by the evidence, in this order: what the scores alone refuse is refused, what holds the challenger back whatever
 * they say holds it, and what is left is decided by them.
 */
export function judge(evidence: Evidence, policy: Policy): Judgement {
  const { champion, weighing, use } = evidence;
  const alone = champion ? undefined : decideAlone(weighing, policy);
  const refused = alone?.decision === "promote" ? undefined : (alone ?? decideDemands(weighing, policy));
  if (refused) return refused;
  const holds = holdsBefore(evidence, policy);
  if (holds.length > 0)
    return hold(
      holds.map((held) => held.for),
      ...holds.map(({ reason }) => reason),
    );
  if (alone) return alone;
  return use?.state === "closed" ? hold(["holdout"], use.reason) : decidePair(weighing, policy);
}
