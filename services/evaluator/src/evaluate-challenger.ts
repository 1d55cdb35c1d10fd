import {
  type ChampionPointer,
  type Comparison,
  canonicalJson,
  deployModel,
  digest,
  type EvaluateModel,
  type Json,
  modelJudged,
  paths,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { type Delivery, TransientError } from "@ratchet/messaging";
import { findHoldout, type Holdout, type ScoredChallenger, scoreChallenger } from "./gather-evidence.ts";
import type { Compared } from "./judge/compare.ts";
import { attemptOf, chooseHoldout, type HoldoutUse, holdoutEpoch, spend } from "./judge/holdout-epoch.ts";
import { type ChampionEvidence, holdsBefore, judge } from "./judge/judge.ts";
import { alphaPerAttempt, type Policy, policyOf } from "./judge/policy.ts";
import { weigh, weighAlone } from "./judge/weigh.ts";
import { readChampion, readDefinition, type Stores } from "./stores.ts";

/** Another evaluation has moved the holdout on since the rows were chosen. */
class HoldoutMovedError extends TransientError {
  override readonly name = "HoldoutMovedError";
}

/** Says what a verdict says: to everybody, and to the deployer where it promotes. Said twice, it is said once. */
async function announce(found: Verdict, { outbox }: Delivery): Promise<void> {
  const { model, version, runId, champion, decision, reasons, comparison } = found;
  await outbox.publish(modelJudged, {
    model,
    version,
    ...(runId === undefined ? {} : { runId }),
    champion,
    decision,
    reasons,
    comparison,
    verdict: paths.verdict(model, version),
  });
  if (decision === "promote") await outbox.send(deployModel, { model, version, cause: "verdict" });
}

const policyAsJson = (policy: Policy): Record<string, Json> => ({
  ...(JSON.parse(JSON.stringify(policy)) as Record<string, Json>),
  alphaPerAttempt: alphaPerAttempt(policy),
});

function withoutLead({ championLead: _, ...comparison }: Compared): Comparison {
  return comparison;
}

const evidenceOf = (
  pointer: ChampionPointer | undefined,
  { champion }: ScoredChallenger,
  now: Date,
): ChampionEvidence | null =>
  pointer
    ? {
        version: pointer.champion.version,
        fault: champion && "fault" in champion ? champion.fault : undefined,
        age: now.getTime() - new Date(pointer.champion.promotedAt).getTime(),
      }
    : null;

/** Uses the holdout once for this comparison; what was compared before costs nothing. */
async function useHoldout(
  stores: Stores,
  { model, version }: EvaluateModel["data"],
  { candidates, choice }: Holdout,
  key: string,
  now: Date,
  policy: Policy,
): Promise<{ readonly use: HoldoutUse; readonly attempt: number }> {
  let use: HoldoutUse = { state: "open" };
  const after = await stores.documents("verdicts").update(paths.holdoutBudget(model), holdoutEpoch.parse, (stored) => {
    use = { state: "open" };
    if (attemptOf(stored, key) !== undefined) return undefined;
    const current = chooseHoldout(stored, candidates, now, policy);
    use = current.use;
    if (use.state === "closed") return undefined;
    if (canonicalJson([...current.batches]) !== canonicalJson([...choice.batches]))
      throw new HoldoutMovedError(`the holdout of ${model} has changed while version ${version} was scored`);
    return spend(current.epoch, key, version, now);
  });
  return { use, attempt: attemptOf(after, key) ?? 0 };
}

/** Whether a verdict answers the same question, and answered it by a comparison. */
const answers = (found: Verdict, asked: { sha256: string; champion: string | null; digest: string; policy: Json }) =>
  found.holdout.attempt > 0 &&
  found.onnx.sha256 === asked.sha256 &&
  found.champion === asked.champion &&
  found.holdout.digest === asked.digest &&
  canonicalJson(found.policy as Json) === canonicalJson(asked.policy);

/**
 * Judges a challenger and keeps the verdict with its evidence. Asked the same again, by the same command or another, it
 * gives the verdict it gave.
 * @throws {UnknownModelError}, {NoHoldoutError}, {MissingModelError}, {UnusableModelError}, {UnreadableHoldoutError}
 */
export async function evaluateChallenger(stores: Stores, message: EvaluateModel, delivery: Delivery): Promise<void> {
  const { data: command, id } = message;
  const { model, version } = command;
  const { now, log } = delivery;
  const verdicts = stores.documents("verdicts");
  const stored = (await verdicts.read(paths.verdict(model, version), verdict.parse))?.value;
  if (stored?.cause === id) return announce(stored, delivery);

  const definition = await readDefinition(stores, model);
  const policy = policyOf(definition.definition);
  const champion = await readChampion(stores, model);
  const epoch = (await verdicts.read(paths.holdoutBudget(model), holdoutEpoch.parse))?.value;
  const holdout = await findHoldout(stores, command, champion, epoch, now, policy);
  const scored = await scoreChallenger(stores, command, champion, holdout, definition, policy);
  const policyJson = policyAsJson(policy);
  const championVersion = champion?.champion.version ?? null;
  const asked = { sha256: scored.sha256, champion: championVersion, digest: holdout.digest, policy: policyJson };
  if (stored && answers(stored, asked)) {
    log.info("the same was asked before; the verdict stands", { model, version, decision: stored.decision });
    return announce(stored, delivery);
  }

  const key = digest({
    challenger: scored.sha256,
    champion: scored.championSha256 ?? null,
    holdout: holdout.digest,
    policy: policyJson,
  });
  const against = evidenceOf(champion, scored, now);
  const { votedToDeploy } = command;
  const held = holdsBefore({ version, champion: against, votedToDeploy }, policy).length > 0;
  const pair =
    !held && scored.champion && "scores" in scored.champion
      ? { challenger: scored.challenger, champion: scored.champion.scores }
      : undefined;
  const used = pair && (await useHoldout(stores, command, holdout, key, now, policy));
  const weighing =
    pair && used?.use.state === "open"
      ? weigh(pair, policy, scored.slices, key)
      : weighAlone(
          policy,
          scored.challenger,
          scored.champion && "scores" in scored.champion ? scored.champion.scores : undefined,
        );
  const { decision, reasons } = judge({ version, champion: against, weighing, votedToDeploy, use: used?.use }, policy);
  log.info(`judged: ${decision}`, { model, version, champion: championVersion, reasons });

  // Read back as others will read it: what is kept keeps the contract.
  const found = verdict.parse({
    model,
    version,
    ...(command.runId === undefined ? {} : { runId: command.runId }),
    champion: championVersion,
    decision,
    reasons,
    comparison: withoutLead(weighing.primary),
    metrics: weighing.metrics,
    guardrails: weighing.guardrails,
    slices: weighing.slices,
    holdout: {
      batches: holdout.choice.batches,
      rows: scored.rows,
      digest: holdout.digest,
      attempt: used?.attempt ?? 0,
      budget: policy.reuseBudget,
    },
    policy: policyJson,
    onnx: { ...command.onnx, sha256: scored.sha256, bytes: scored.bytes },
    signature: scored.model.signature,
    golden: scored.golden,
    trainedOn: command.trainedOn,
    definitionVersion: definition.version,
    cause: id,
    judgedAt: now.toISOString(),
  });
  await verdicts.write(paths.verdict(model, version), found, "any");
  await announce(found, delivery);
}
