import type { Comparison } from "@ratchet/contracts";
import { fewestRows } from "../statistics/bootstrap.ts";
import type { Compared } from "./compare.ts";
import type { Threshold } from "./policy.ts";
import type { Guarded, Slice, Weighing } from "./weigh.ts";

/** A number as people read it: four decimals, more where there would be nothing left of it. */
export function number(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return String(Number(value.toPrecision(2)));
  return String(Number(value.toFixed(4)));
}

const percent = (alpha: number): string => `${Number(((1 - alpha) * 100).toFixed(3))} %`;

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** A duration in its largest unit, e.g. `3 days`. */
export function durationInWords(milliseconds: number): string {
  const [name, size] = units.find(([, unit]) => milliseconds >= unit) ?? ["second", 1_000];
  const count = Math.round((milliseconds / size) * 10) / 10;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

const pairInWords = ({ metric, challenger, champion, rows }: Comparison): string =>
  `${metric} ${number(challenger)} against ${champion === null ? "nothing" : number(champion)} on ${rows} rows`;

function differenceInWords(improvement: number | null): string {
  if (improvement === null || improvement === 0) return "no difference";
  return improvement > 0 ? `better by ${number(improvement)}` : `worse by ${number(-improvement)}`;
}

/** The primary metric's comparison as a sentence. */
export function comparisonInWords(compared: Compared, minEffect: number): string {
  const { improvement, lowerBound, championLead, alpha, rows } = compared;
  const head = `${pairInWords(compared)}: ${differenceInWords(improvement)}`;
  if (alpha === null || lowerBound === null || championLead === null)
    return `${head}; ${rows} rows are too few to compare by, at least ${fewestRows} are needed`;
  if (championLead > 0) return `${head}, at least ${number(championLead)} with ${percent(alpha)} confidence`;
  if (lowerBound > minEffect) return `${head}, at least ${number(lowerBound)} with ${percent(alpha)} confidence`;
  const asked = minEffect > 0 ? `better by more than ${number(minEffect)}` : "better";
  const bound = lowerBound >= 0 ? `better by only ${number(lowerBound)}` : `worse by ${number(-lowerBound)}`;
  return `${head}; not shown to be ${asked}: with ${percent(alpha)} confidence it may be ${bound}. More held-out rows can tell`;
}

function marginInWords({ improvement, lowerBound, championLead, margin, alpha, rows }: Guarded): string {
  const difference = `${differenceInWords(improvement)}, margin ${number(margin)}`;
  if (lowerBound === null || championLead === null || alpha === null)
    return `${difference}; ${rows} rows are too few to compare by, at least ${fewestRows} are needed`;
  if (championLead > margin)
    return `${difference}: worse by at least ${number(championLead)} with ${percent(alpha)} confidence`;
  return `${difference}; with ${percent(alpha)} confidence it may be worse by ${number(-lowerBound)}`;
}

export const guardrailInWords = (guard: Guarded): string => `guardrail ${pairInWords(guard)}: ${marginInWords(guard)}`;

export const sliceInWords = (slice: Slice): string =>
  `slice ${slice.column} = ${slice.value}, ${pairInWords(slice)}: ${marginInWords(slice)}`;

/** Each threshold that the challenger misses, as a sentence. A metric that is not a number misses it. */
export function unmetThresholds({ metrics, primary }: Weighing, thresholds: readonly Threshold[]): readonly string[] {
  return thresholds.flatMap(({ metric, min, max }) => {
    const value = metrics[metric]?.challenger ?? Number.NaN;
    const on = `${metric} ${number(value)} on ${primary.rows} rows`;
    if (min !== undefined && !(value >= min)) return [`${on} is below its threshold, at least ${number(min)}`];
    if (max !== undefined && !(value <= max)) return [`${on} is above its threshold, at most ${number(max)}`];
    return [];
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
