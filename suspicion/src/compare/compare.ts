import {
  type ChampionScore,
  type ColumnProfile,
  type Definition,
  type Evidence,
  type Finding,
  type Profile,
  rowReader,
  type SuspicionPolicy,
} from "@ratchet/contracts";
import { isOfIncomplete } from "../profile/bond.ts";
import { binRange } from "../profile/ordered-key.ts";
import { holm } from "../statistics/holm.ts";
import { compareChampionScore } from "./champion-score.ts";
import type { Comparison } from "./comparison.ts";
import { compareLabelFit } from "./label-fit.ts";
import { compareNumbers } from "./numbers.ts";
import { compareValues } from "./values.ts";
import { short } from "./words.ts";

/** Of a thousand columns in another unit, so many say enough. */
export const mostFindings = 20;

export interface Compared {
  readonly batch: Profile;
  /** Of all rows that were admitted before. */
  readonly before: Profile;
  readonly championScore?: ChampionScore | undefined;
}

function compareColumns(batch: ColumnProfile, before: ColumnProfile, policy: SuspicionPolicy): readonly Comparison[] {
  if (batch.kind === "values") return before.kind === "values" ? compareValues(batch, before, policy) : [];
  return before.kind === "values" ? [] : compareNumbers(batch, before, policy);
}

/** The columns that both have. */
function columnPairs({ batch, before }: Compared): readonly (readonly [ColumnProfile, ColumnProfile])[] {
  const key = ({ name, kind }: ColumnProfile): string => `${kind} ${name}`;
  const former = new Map(before.columns.map((column) => [key(column), column]));
  return batch.columns.flatMap((column) => {
    const other = former.get(key(column));
    return other ? [[column, other] as const] : [];
  });
}

function labelFits(
  { batch, before }: Compared,
  definition: Pick<Definition, "task" | "data">,
  policy: SuspicionPolicy,
): readonly Comparison[] {
  const { label, classes } = rowReader(definition);
  const nameOf = (key: number, level: number): string => {
    const width = 2 ** level;
    const { from, to } = classes ? { from: key * width, to: key * width + width - 1 } : binRange(key, level);
    if (classes) return [...new Set([classes[from], classes[to] ?? classes.at(-1)])].join(" to ");
    return short(from) === short(to) ? short(from) : `${short(from)} to ${short(to)}`;
  };
  return Object.entries(batch.bonds).flatMap(([made, bond]) => {
    const former = before.bonds[made];
    const name = isOfIncomplete(made) ? `${label.name}, where numbers are missing` : label.name;
    return former
      ? compareLabelFit({ batch: bond, before: former }, { column: label.name, label: name, nameOf }, policy)
      : [];
  });
}

const weight = ({ effect, limit }: Finding): number => effect / limit;

function summaryOf(findings: readonly Finding[], { columns, tests, rows, rowsBefore }: Evidence["compared"]): string {
  const what = `${tests} comparisons of ${columns} columns, ${rows} rows with ${rowsBefore} before`;
  const [first] = findings;
  if (!first) return `Nothing stands out in ${what}.`;
  const more =
    findings.length > 1 ? ` And ${findings.length - 1} more in ${what}.` : ` It alone stands out in ${what}.`;
  return `${first.sentence}${more}`;
}

/**
 * Compares a batch with all that was admitted before it. It stands out where anything differs by more than the policy's
 * threshold, and by more than chance would have it: probabilities are corrected by Holm's rule for all that was compared, so
 * that at most `alpha` of the batches that are like those before stand out, however many columns there are. (Holm rather than
 * Benjamini and Yekutieli: one finding is enough to hold a batch, so the chance of any false one is what has to be kept.)
 */
export function compare(
  compared: Compared,
  definition: Pick<Definition, "task" | "data">,
  policy: SuspicionPolicy,
): Evidence {
  const { batch, before, championScore } = compared;
  const { alpha, minRows } = policy;
  const sizes = { rows: batch.rows, rowsBefore: before.rows, alpha };
  if (Math.min(batch.rows, before.rows) < minRows) {
    const summary = `Too few rows to tell: ${batch.rows}, and ${before.rows} before; ${minRows} of each are needed.`;
    return {
      standsOut: false,
      findings: [],
      found: 0,
      compared: { ...sizes, columns: 0, tests: 0 },
      tooFew: true,
      summary,
    };
  }
  const pairs = columnPairs(compared);
  const comparisons = [
    ...pairs.flatMap(([one, other]) => compareColumns(one, other, policy)),
    ...labelFits(compared, definition, policy),
    ...(championScore ? compareChampionScore(championScore, policy) : []),
  ];
  const corrected = holm(comparisons.map(({ probability }) => probability));
  const findings = comparisons
    .map((comparison, index) => ({ ...comparison, probability: corrected[index] ?? 1 }))
    .filter(({ effect, limit, probability }) => probability <= alpha && effect > limit)
    .filter(({ isPart, kind }, _, all) => !isPart || all.every((other) => other.isPart || other.kind !== kind))
    .map(({ isPart, sentence, ...numbers }): Finding => ({ ...numbers, sentence: sentence() }))
    .sort((a, b) => weight(b) - weight(a));
  const counts = { ...sizes, columns: pairs.length, tests: comparisons.length };
  return {
    standsOut: findings.length > 0,
    findings: findings.slice(0, mostFindings),
    found: findings.length,
    compared: counts,
    tooFew: false,
    summary: summaryOf(findings, counts),
  };
}
