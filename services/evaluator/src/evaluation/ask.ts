import {
  type AppliedDefinition,
  type Challenge,
  type ChampionPointer,
  canonicalJson,
  digest,
  type Verdict,
} from "@ratchet/contracts";
import { alphaPerAttempt } from "@ratchet/gate";
import { readChampion, readDefinition } from "@ratchet/state";
import type { Candidacy, ChampionEvidence } from "../judge/judge.ts";
import { type Policy, policyOf } from "../judge/policy.ts";
import { type ScoredChallenger, type Scorer, type Scoring, scoreChallenger } from "../scoring/score-challenger.ts";
import { findHoldout, type Holdout } from "./find-holdout.ts";

/** Is this challenger better than this champion, on these rows, by this gate? */
export interface Question extends Candidacy {
  readonly challenge: Challenge;
  readonly applied: AppliedDefinition;
  readonly policy: Policy;
  /** The policy as verdicts keep it. */
  readonly keptPolicy: Verdict["policy"];
  readonly holdout: Holdout;
  readonly scoring: Scoring;
  /** The identity of the comparison: equal keys, equal files, rows and gate. */
  readonly key: string;
}

/** A question whose challenger was scored, so that there is something to weigh. */
export interface WeighableQuestion extends Question {
  readonly scoring: Scoring & { readonly scored: ScoredChallenger };
}

export const isWeighable = (question: Question): question is WeighableQuestion =>
  !("unusable" in question.scoring.scored);

const keptPolicyOf = (policy: Policy): Verdict["policy"] => ({
  ...(JSON.parse(JSON.stringify(policy)) as Verdict["policy"]),
  alphaPerAttempt: alphaPerAttempt(policy),
});

function evidenceOf(pointer: ChampionPointer | undefined, { scored }: Scoring, now: Date): ChampionEvidence | null {
  if (!pointer) return null;
  const { version, promotedAt } = pointer.champion;
  const champion = "unusable" in scored ? undefined : scored.champion;
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
 * @throws {MissingDatasetError} when it is not there what a model was trained on.
 * @throws {MissingBatchError} when a file of a batch is not there.
 * @throws {UnreadableRowsError} when rows no longer fit the definition.
 */
export async function ask(evaluator: Scorer, challenge: Challenge, askedAt: Date, now: Date): Promise<Question> {
  const { stores } = evaluator;
  const { model, version, votedToDeploy } = challenge;
  const applied = await readDefinition(stores, model);
  const policy = policyOf(applied.definition);
  const pointer = await readChampion(stores, model);
  const { definition } = applied;
  const champion = pointer?.champion;
  const holdout = await findHoldout(stores, { challenge, champion, definition, limits: policy, askedAt, now });
  const scoring = await scoreChallenger(evaluator, challenge, pointer, holdout, definition, policy);
  const keptPolicy = keptPolicyOf(policy);
  const key = digest({
    challenger: scoring.sha256,
    champion: scoring.championSha256 ?? null,
    holdout: holdout.digest,
    policy: keptPolicy,
  });
  const question = { challenge, version, votedToDeploy, applied, policy, keptPolicy, holdout, scoring, key };
  return { ...question, champion: evidenceOf(pointer, scoring, now) };
}

/** Whether a verdict is on the same question. Format 1 kept no key. */
export const isOn = (found: Verdict, { champion, scoring, holdout, keptPolicy, key }: Question): boolean =>
  found.champion === (champion?.version ?? null) &&
  (found.key === undefined
    ? found.onnx.sha256 === scoring.sha256 &&
      found.holdout.digest === holdout.digest &&
      canonicalJson(found.policy) === canonicalJson(keptPolicy)
    : found.key === key);
