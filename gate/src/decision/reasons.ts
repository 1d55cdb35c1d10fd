import type { Comparison } from "@ratchet/contracts";
import { fewestRows } from "../statistics/bootstrap.ts";
import type { Compared } from "./compare.ts";
import type { ScorePolicy, Threshold } from "./policy.ts";
import { keepingOf, missedBound, standingOf } from "./rule.ts";
import type { Guarded, Slice, Weighing } from "./weighing.ts";

/** A number as people read it: four decimals, more where there would be nothing left of it. */
function number(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return String(Number(value.toPrecision(2)));
  return String(Number(value.toFixed(4)));
}

const percent = (alpha: number): string => `${Number(((1 - alpha) * 100).toFixed(3))} %`;

const pairInWords = ({ metric, challenger, champion, rows }: Comparison): string =>
  `${metric} ${number(challenger)} against ${champion === null ? "nothing" : number(champion)} on ${rows} rows`;

function differenceInWords(improvement: number | null): string {
  if (improvement === null || improvement === 0) return "no difference";
  return improvement > 0 ? `better by ${number(improvement)}` : `worse by ${number(-improvement)}`;
}

const tooFewInWords = (rows: number): string =>
  `${rows} rows are too few to compare by, at least ${fewestRows} are needed`;

/** The primary metric's comparison as a sentence. */
export function comparisonInWords(compared: Compared, policy: Pick<ScorePolicy, "minEffect">): string {
  const head = `${pairInWords(compared)}: ${differenceInWords(compared.improvement)}`;
  const standing = standingOf(compared, policy);
  if (standing.shown === "too-few-rows") return `${head}; ${tooFewInWords(compared.rows)}`;
  const confidence = `with ${percent(standing.alpha)} confidence`;
  if (standing.shown !== "neither") return `${head}, at least ${number(standing.byAtLeast)} ${confidence}`;
  const { asked, perhaps } = standing;
  const wanted = asked > 0 ? `better by more than ${number(asked)}` : "better";
  const bound = perhaps >= 0 ? `better by only ${number(perhaps)}` : `worse by ${number(-perhaps)}`;
  return `${head}; not shown to be ${wanted}: ${confidence} it may be ${bound}. More held-out rows can tell`;
}

function marginInWords(guard: Guarded): string {
  const { improvement, margin, rows } = guard;
  const difference = `${differenceInWords(improvement)}, margin ${number(margin)}`;
  const keeping = keepingOf(guard);
  switch (keeping.shown) {
    case "kept":
      return `${difference}: kept`;
    case "too-few-rows":
      return `${difference}; ${tooFewInWords(rows)}`;
    case "broken":
      return `${difference}: worse by at least ${number(keeping.byAtLeast)} with ${percent(keeping.alpha)} confidence`;
    case "neither":
      return `${difference}; with ${percent(keeping.alpha)} confidence it may be worse by ${number(-keeping.perhaps)}`;
  }
}

export const keptInWords = ({ metric, margin }: Guarded): string =>
  `${metric} kept within its margin of ${number(margin)}`;

export const guardrailInWords = (guard: Guarded): string => `guardrail ${pairInWords(guard)}: ${marginInWords(guard)}`;

export const sliceInWords = (slice: Slice): string =>
  `slice ${slice.column} = ${slice.value}, ${pairInWords(slice)}: ${marginInWords(slice)}`;

/** Each threshold that the challenger misses, as a sentence. A metric that is not a number misses it. */
export function unmetThresholds({ metrics, primary }: Weighing, thresholds: readonly Threshold[]): readonly string[] {
  return thresholds.flatMap((threshold) => {
    const value = metrics[threshold.metric]?.challenger ?? Number.NaN;
    const missed = missedBound(value, threshold);
    if (!missed) return [];
    const limit = `${missed.is === "below" ? "at least" : "at most"} ${number(missed.bound)}`;
    return [`${threshold.metric} ${number(value)} on ${primary.rows} rows is ${missed.is} its threshold, ${limit}`];
  });
}

/** The thresholds that were met, with their values. */
export function metInWords({ metrics, primary }: Weighing, thresholds: readonly Threshold[]): string {
  const met = thresholds.map(({ metric, min, max }) => {
    const bounds = [
      ...(min === undefined ? [] : [`at least ${number(min)}`]),
      ...(max === undefined ? [] : [`at most ${number(max)}`]),
    ];
    return `${metric} ${number(metrics[metric]?.challenger ?? Number.NaN)} (${bounds.join(" and ")})`;
  });
  return `${met.join(", ")} on ${primary.rows} rows`;
}

/** Why a first model is not judged yet. */
export const firstTooFewInWords = (rows: number, { minRows }: Pick<ScorePolicy, "minRows">): string =>
  `no champion yet, and ${rows === 1 ? "1 row is" : `${rows} rows are`} held out to judge by; gate.minRows asks for ${minRows}: drop more data, it is then judged again by itself`;
