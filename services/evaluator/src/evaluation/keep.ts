import type { Comparison, Verdict } from "@ratchet/contracts";
import type { Compared } from "../judge/compare.ts";
import type { Judgement } from "../judge/judge.ts";
import { keepVerdict, type Stores } from "../stores.ts";
import type { Question } from "./ask.ts";
import type { Weighed } from "./weigh.ts";

/** The command that asked, and when it was answered. */
export interface Answered {
  readonly cause: string;
  readonly now: Date;
}

function withoutLead<Of extends Compared>({ championLead: _, ...comparison }: Of): Omit<Of, "championLead"> {
  return comparison;
}

function verdictOf(
  { command, applied, champion, keptPolicy, policy, holdout, scored }: Question,
  { weighing, attempt }: Weighed,
  { decision, reasons }: Judgement,
  { cause, now }: Answered,
): Verdict {
  const { model, version, runId, onnx, trainedOn } = command;
  const { sha256, bytes, signature, golden, rows } = scored;
  const comparison: Comparison = withoutLead(weighing.primary);
  return {
    model,
    version,
    ...(runId === undefined ? {} : { runId }),
    champion: champion?.version ?? null,
    decision,
    reasons: [...reasons],
    comparison,
    metrics: weighing.metrics,
    guardrails: weighing.guardrails.map(withoutLead),
    slices: weighing.slices.map(withoutLead),
    holdout: {
      batches: [...holdout.batches],
      rows,
      digest: holdout.digest,
      attempt,
      budget: policy.reuseBudget,
    },
    policy: keptPolicy,
    onnx: { ...onnx, sha256, bytes },
    signature,
    golden,
    trainedOn,
    definitionVersion: applied.version,
    cause,
    judgedAt: now.toISOString(),
  };
}

/** Keeps the judgement as a verdict, with the evidence it rests on. */
export async function keep(
  stores: Stores,
  question: Question,
  weighed: Weighed,
  judgement: Judgement,
  answered: Answered,
): Promise<Verdict> {
  const verdict = verdictOf(question, weighed, judgement, answered);
  await keepVerdict(stores, verdict);
  return verdict;
}
