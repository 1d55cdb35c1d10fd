import { basename } from "node:path";
import { type Definition, expandColumns } from "@ratchet/contracts";
import { limitInWords, methodInWords, scorePolicyOf } from "@ratchet/gate";
import { type Fact, policyFacts, type Report, reported } from "@ratchet/report";
import type { JudgedFiles } from "../judge/judge-files.ts";

const fileFacts = (whose: string, { file, sha256 }: JudgedFiles["challenger"]): readonly Fact[] => [
  [whose, basename(file)],
  [`${whose}'s SHA-256`, sha256],
];

/** The report of two files that were judged. */
export function reportOfJudged(judged: JudgedFiles, definition: Definition, now: Date): Report {
  const { decision, reasons, challenger, champion, data, rows, repeated, weighing, details } = judged;
  const method = weighing?.primary.method;
  const words = method === undefined ? undefined : methodInWords(method);
  const { label, schema } = definition.data;
  const features = expandColumns(schema).filter((column) => column.feature && column.name !== label).length;
  return {
    title: `${basename(challenger.file)} against ${basename(champion.file)}`,
    decision,
    reasons,
    at: now.toISOString(),
    challenger: basename(challenger.file),
    champion: basename(champion.file),
    rows: weighing?.primary.rows ?? 0,
    model: [
      ...fileFacts("challenger", challenger),
      ...fileFacts("champion", champion),
      ["task", `${definition.task}: ${label} from ${features === 1 ? "1 feature" : `${features} features`}`],
    ],
    evaluationData: [
      ["file", basename(data)],
      ["rows", String(rows)],
      ...(repeated > 0 ? [["of them came before", `${repeated}, which count once`] as const] : []),
    ],
    trainingData: [["unknown", "A model's file does not say what it was trained on."]],
    primary: weighing ? reported(weighing.primary.metric, weighing.primary) : undefined,
    guardrails: weighing?.guardrails.map((one) => reported(one.metric, one)) ?? [],
    slices: weighing?.slices.map((one) => reported(`${one.column} is ${one.value}`, one)) ?? [],
    limits: weighing?.limits.map((one) => ({ words: limitInWords(one), held: one.held })) ?? [],
    measured: [],
    details: details ?? undefined,
    method: words && method ? { name: method, ...words } : undefined,
    policy: policyFacts({ ...scorePolicyOf(definition) }),
    history: [],
  };
}
