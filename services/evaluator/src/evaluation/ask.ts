import {
  type AppliedDefinition,
  type ChampionPointer,
  canonicalJson,
  digest,
  type EvaluateModel,
  type Verdict,
} from "@ratchet/contracts";
import { readChampion, readDefinition } from "@ratchet/state";
import type { Evaluator } from "../evaluator.ts";
import type { Candidacy, ChampionEvidence } from "../judge/judge.ts";
import { type Policy, policyOf } from "../judge/policy.ts";
import { alphaPerAttempt } from "../judge/rule.ts";
import { type ScoredChallenger, scoreChallenger } from "../scoring/score-challenger.ts";
import { findHoldout, type Holdout } from "./find-holdout.ts";

/** Is this challenger better than this champion, on these rows, by this gate? */
export interface Question extends Candidacy {
  readonly command: EvaluateModel["data"];
  readonly applied: AppliedDefinition;
  readonly policy: Policy;
  /** The policy as verdicts keep it. */
  readonly keptPolicy: Verdict["policy"];
  readonly holdout: Holdout;
  readonly scored: ScoredChallenger;
  /** The identity of the comparison: equal keys, equal files, rows and gate. */
  readonly key: string;
}

const keptPolicyOf = (policy: Policy): Verdict["policy"] => ({
  ...(JSON.parse(JSON.stringify(policy)) as Verdict["policy"]),
  alphaPerAttempt: alphaPerAttempt(policy),
});

function evidenceOf(
  pointer: ChampionPointer | undefined,
  { champion }: ScoredChallenger,
  now: Date,
): ChampionEvidence | null {
  if (!pointer) return null;
  const { version, promotedAt } = pointer.champion;
  return {
    version,
    fault: champion && "fault" in champion ? champion.fault : undefined,
    age: now.getTime() - new Date(promotedAt).getTime(),
  };
}

/**
 * Puts the question that a command asks: reads what it is about, and scores both models on the rows that are to judge.
 * @throws {UnknownModelError} when the model is not applied.
 * @throws {NoHoldoutError} when no held-out row can judge it.
 * @throws {MissingModelError} when the challenger's file is not there.
 * @throws {UnusableModelError} when the challenger does not take or give what its task asks for.
 * @throws {UnreadableHoldoutError} when the held-out rows no longer fit the definition.
 */
export async function ask(evaluator: Evaluator, command: EvaluateModel["data"], now: Date): Promise<Question> {
  const { stores } = evaluator;
  const { model, version, votedToDeploy } = command;
  const applied = await readDefinition(stores, model);
  const policy = policyOf(applied.definition);
  const pointer = await readChampion(stores, model);
  const holdout = await findHoldout(stores, command, pointer, policy, now);
  const scored = await scoreChallenger(evaluator, command, pointer, holdout, applied.definition, policy);
  const keptPolicy = keptPolicyOf(policy);
  const key = digest({
    challenger: scored.sha256,
    champion: scored.championSha256 ?? null,
    holdout: holdout.digest,
    policy: keptPolicy,
  });
  const champion = evidenceOf(pointer, scored, now);
  return { command, version, votedToDeploy, champion, applied, policy, keptPolicy, holdout, scored, key };
}

/** Whether a verdict answers the same question, and answered it by a comparison. */
export const answers = (found: Verdict, { champion, scored, holdout, keptPolicy }: Question): boolean =>
  found.holdout.attempt > 0 &&
  found.onnx.sha256 === scored.sha256 &&
  found.champion === (champion?.version ?? null) &&
  found.holdout.digest === holdout.digest &&
  canonicalJson(found.policy) === canonicalJson(keptPolicy);
