import { type BatchEvidence, mostFindingsNamed, type SuspicionInBrief } from "@ratchet/contracts";

/** In characters: names of columns may be of any length, and a message may not. */
const longest = 400;

const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/** The heaviest of what makes a batch stand out, in a sentence. */
export const firstFinding = ({ findings, summary }: Pick<BatchEvidence, "findings" | "summary">): string =>
  shortened(findings[0]?.sentence ?? summary);

/** Why a batch stands out, as far as a message tells it. */
export const inBrief = ({ summary, found, findings, compared }: BatchEvidence): SuspicionInBrief => ({
  summary: shortened(summary),
  found,
  findings: findings.slice(0, mostFindingsNamed).map(({ kind, column, sentence, probability, effect, limit }) => ({
    ...{ kind, probability, effect, limit },
    ...(column === undefined ? {} : { column: shortened(column) }),
    sentence: shortened(sentence),
  })),
  compared,
});
