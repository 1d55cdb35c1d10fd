import type { Verdict } from "@ratchet/contracts";
import { limitInWords, methodInWords } from "@ratchet/gate";
import type { Fact, FormerJudgement, Report } from "../report.ts";
import { policyFacts, reported } from "./reported.ts";

const factsOf = (facts: readonly (readonly [string, string | number | undefined | null])[]): readonly Fact[] =>
  facts.flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)] as const]));

const asFormer = ({ version, champion, decision, reasons, judgedAt }: Verdict): FormerJudgement => ({
  ...{ version, champion, decision, at: judgedAt },
  reason: reasons[0] ?? "",
});

/** Metrics that were measured and that nothing was asked of. */
function measuredIn({ metrics, comparison, guardrails }: Verdict): Report["measured"] {
  const compared = new Set([comparison?.metric, ...guardrails.map(({ metric }) => metric)]);
  return Object.entries(metrics).flatMap(([name, values]) => (compared.has(name) ? [] : [{ name, ...values }]));
}

/**
 * The report of a verdict.
 * @param others what else the model was judged as, the newest first.
 */
export function reportOfVerdict(verdict: Verdict, others: readonly Verdict[]): Report {
  const { model, version, runId, champion, decision, reasons, judgedAt, comparison, holdout, onnx, dataset } = verdict;
  const words = comparison && methodInWords(comparison.method);
  return {
    title: `${model}, version ${version}`,
    decision,
    reasons,
    at: judgedAt,
    challenger: `version ${version}`,
    champion: champion === null ? null : `version ${champion}`,
    rows: holdout.rows,
    model: factsOf([
      ["model", model],
      ["version", version],
      ["run", runId],
      ["file", `${onnx.container}/${onnx.path}, ${onnx.bytes.toLocaleString("en-US")} bytes`],
      ["SHA-256", onnx.sha256],
      ["definition", verdict.definitionVersion],
      ["classes", verdict.signature?.classes?.join(", ")],
    ]),
    evaluationData: factsOf([
      ["rows that neither was trained on", holdout.rows.toLocaleString("en-US")],
      ["of batches", holdout.batches.join(", ")],
      ["admitted up to", holdout.through === undefined ? undefined : `position ${holdout.through} of the log`],
      ["these rows' digest", holdout.digest],
      ["use of them", `${holdout.attempt} of ${holdout.budget}`],
    ]),
    trainingData: factsOf([
      ["data set", dataset?.digest],
      ["batches", dataset?.batches ?? (verdict.trainedOn.join(", ") || undefined)],
      ["admitted up to", dataset?.through === undefined ? undefined : `position ${dataset.through} of the log`],
      ["known", dataset || verdict.trainedOn.length > 0 ? undefined : "nothing: it was registered from elsewhere"],
    ]),
    primary: comparison && comparison.method !== "kept-back" ? reported(comparison.metric, comparison) : undefined,
    guardrails: verdict.guardrails.map((one) => reported(one.metric, one)),
    slices: verdict.slices.map((one) =>
      reported(`${one.column} is ${one.value}`, { ...one, held: one.binding ? one.held : undefined }),
    ),
    limits: (verdict.limits ?? []).map((one) => ({ words: limitInWords(one), held: one.held })),
    measured: measuredIn(verdict),
    details: verdict.details,
    method: words && comparison ? { name: comparison.method, ...words } : undefined,
    policy: policyFacts(verdict.policy),
    history: others.map(asFormer),
  };
}
