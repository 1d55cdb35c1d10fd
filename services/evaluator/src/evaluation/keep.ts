import type { Comparison, Verdict } from "@ratchet/contracts";
import type { Compared, Judgement } from "@ratchet/gate";
import type { Policy } from "../judge/policy.ts";
import { keepVerdict, type StoredVerdict, type Stores } from "../stores.ts";
import { isWeighable, type Question } from "./ask.ts";
import type { Weighed } from "./weigh.ts";

/** The command that asked, and when it was answered. */
export interface Answered {
  readonly cause: string;
  readonly now: Date;
}

/** A comparison as verdicts keep it. */
function kept<Of extends Compared>({ tooFew: _, ...comparison }: Of): Omit<Of, "tooFew"> {
  return comparison;
}

/** What was measured and compared; of a challenger that could not be scored, nothing. */
function evidenceOf(
  question: Question,
  weighed: Weighed | undefined,
): Pick<Verdict, "comparison" | "metrics" | "guardrails" | "slices" | "limits" | "signature" | "golden" | "details"> {
  if (!weighed || !isWeighable(question)) return { metrics: {}, guardrails: [], slices: [] };
  const { primary, metrics, guardrails, slices, limits } = weighed.weighing;
  const { signature, golden, details } = question.scoring.scored;
  const comparison: Comparison = kept(primary);
  return {
    comparison,
    metrics,
    guardrails: guardrails.map(kept),
    slices: slices.map(kept),
    ...(limits.length > 0 ? { limits: [...limits] } : {}),
    signature,
    golden,
    details,
  };
}

/** When the champion's cooldown is over. */
const cooldownEnd = ({ age }: { readonly age: number }, { cooldown }: Policy, now: Date): string =>
  new Date(now.getTime() - age + cooldown).toISOString();

/** Of the batches whose rows judged a verdict lists as many, the newest. */
const mostListed = 100;

function verdictOf(
  question: Question,
  weighed: Weighed | undefined,
  { decision, reasons, heldFor }: Judgement,
  { cause, now }: Answered,
): Verdict {
  const { challenge, applied, champion, keptPolicy, policy, holdout, scoring, key } = question;
  const { model, version, runId, onnx, dataset, trainedOn } = challenge;
  const { sha256, bytes } = scoring;
  return {
    model,
    version,
    ...(runId === undefined ? {} : { runId }),
    champion: champion?.version ?? null,
    decision,
    reasons: [...reasons],
    heldFor: [...heldFor],
    ...(champion && heldFor.includes("cooldown") ? { heldUntil: cooldownEnd(champion, policy, now) } : {}),
    key,
    ...evidenceOf(question, weighed),
    holdout: {
      batches: holdout.batches.slice(-mostListed).map(({ batch }) => batch.batch),
      through: holdout.held.through,
      rows: isWeighable(question) ? question.scoring.scored.rows : 0,
      digest: holdout.digest,
      attempt: weighed?.attempt ?? 0,
      ...(weighed ? { epoch: weighed.epoch } : {}),
      budget: policy.reuseBudget,
    },
    policy: keptPolicy,
    onnx: { ...onnx, sha256, bytes },
    dataset,
    trainedOn,
    definitionVersion: applied.version,
    cause,
    judgedAt: now.toISOString(),
  };
}

/**
 * Keeps the judgement as a verdict, with the evidence it rests on, and the version's verdict of before beside it.
 * @param weighed undefined where the challenger could not be scored.
 * @throws {ConflictError} when somebody else has kept a verdict meanwhile.
 */
export async function keep(
  stores: Stores,
  question: Question,
  weighed: Weighed | undefined,
  judgement: Judgement,
  answered: Answered,
  former: StoredVerdict | undefined,
): Promise<Verdict> {
  const verdict = verdictOf(question, weighed, judgement, answered);
  await keepVerdict(stores, verdict, former);
  return verdict;
}
