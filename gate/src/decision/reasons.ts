import type { Comparison, Limited } from "@ratchet/contracts";
import type { Compared } from "./compare.ts";
import type { ScorePolicy, Threshold } from "./policy.ts";
import { isHarmShown, keepingOf, missedBound, standingOf } from "./rule.ts";
import type { Slice } from "./slices.ts";
import type { Guarded, Weighing } from "./weighing.ts";

/** A number as people read it: four decimals, more where there would be nothing left of it. */
function number(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return String(Number(value.toPrecision(2)));
  return String(Number(value.toFixed(4)));
}

const percent = (alpha: number): string => `${Number(((1 - alpha) * 100).toFixed(3))} %`;

const pairInWords = ({ metric, challenger, champion, rows, note }: Comparison): string => {
  const noted = note === undefined ? metric : `${metric} (${note})`;
  return `${noted} ${number(challenger)} against ${champion === null ? "nothing" : number(champion)} on ${rows} rows`;
};

function differenceInWords(improvement: number | null): string {
  if (improvement === null || improvement === 0) return "no difference";
  return improvement > 0 ? `better by ${number(improvement)}` : `worse by ${number(-improvement)}`;
}

/** Why a comparison has no bounds: too few rows, or a champion without errors to compare with. */
const tooFewInWords = ({ tooFew }: Compared): string =>
  tooFew
    ? `${tooFew.has} are too few to compare by, at least ${tooFew.needs} are needed`
    : "these rows give no bounds to compare by";

/** How many rows would probably tell. */
const enoughInWords = ({ enough }: Compared): string =>
  enough
    ? `More held-out rows can tell: an improvement of ${number(enough.improvement)} probably takes ${enough.rows.toLocaleString("en-US")} at least`
    : "More held-out rows can tell";

/** The primary metric's comparison as a sentence. */
export function comparisonInWords(compared: Compared, policy: Pick<ScorePolicy, "minEffect">): string {
  const head = `${pairInWords(compared)}: ${differenceInWords(compared.improvement)}`;
  const standing = standingOf(compared, policy);
  if (standing.shown === "too-few-rows") return `${head}; ${tooFewInWords(compared)}`;
  const confidence = `with ${percent(standing.alpha)} confidence`;
  if (standing.shown !== "neither") return `${head}, at least ${number(standing.byAtLeast)} ${confidence}`;
  const { asked, perhaps } = standing;
  const wanted = asked > 0 ? `better by more than ${number(asked)}` : "better";
  const bound = perhaps >= 0 ? `better by only ${number(perhaps)}` : `worse by ${number(-perhaps)}`;
  return `${head}; not shown to be ${wanted}: ${confidence} it may be ${bound}. ${enoughInWords(compared)}`;
}

function marginInWords(guard: Compared & { readonly margin: number }): string {
  const { improvement, margin } = guard;
  const difference = `${differenceInWords(improvement)}, margin ${number(margin)}`;
  const keeping = keepingOf(guard);
  switch (keeping.shown) {
    case "kept":
      return `${difference}: kept`;
    case "too-few-rows":
      return `${difference}; ${tooFewInWords(guard)}`;
    case "broken":
      return `${difference}: worse by at least ${number(keeping.byAtLeast)} with ${percent(keeping.alpha)} confidence`;
    case "neither":
      return `${difference}; with ${percent(keeping.alpha)} confidence it may be worse by ${number(-keeping.perhaps)}`;
  }
}

export const keptInWords = ({ metric, margin }: Guarded): string =>
  `${metric} kept within its margin of ${number(margin)}`;

export const guardrailInWords = (guard: Guarded): string => `guardrail ${pairInWords(guard)}: ${marginInWords(guard)}`;

/** What is shown of harm in a slice. */
function harmInWords({ improvement, margin, harm }: Slice): string {
  const beyond = margin > 0 ? `harm beyond ${number(margin)}` : "harm";
  if (harm === undefined) return `${differenceInWords(improvement)}: too few rows to show ${beyond}`;
  const odds = `p = ${number(harm)} for all slices together`;
  return `${differenceInWords(improvement)}: ${beyond} is ${isHarmShown(harm) ? "shown" : "not shown"}, ${odds}`;
}

export const sliceInWords = (slice: Slice): string => {
  const said = slice.demand === "harm-excluded" ? marginInWords(slice) : harmInWords(slice);
  return `slice ${slice.column} = ${slice.value}, ${pairInWords(slice)}: ${said}`;
};

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

function size(bytes: number): string {
  const [unit, name] = bytes < 2 ** 20 ? [2 ** 10, "KiB"] : [2 ** 20, "MiB"];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}

const milliseconds = (time: number): string => `${Number(time.toPrecision(3))} ms`;

/** What is limited, and how its numbers are read. */
const costs: Readonly<Record<string, { readonly name: string; readonly amount: (value: number) => string }>> = {
  latency: { name: "a row's time at the 95th percentile", amount: milliseconds },
  memory: { name: "memory to score the rows", amount: size },
  size: { name: "the model's file", amount: size },
  drift: { name: "drift of the predictions from the champion's", amount: number },
};

/** What a model costs, and what it may. */
export function limitInWords(limited: Limited): string {
  const { name: key, challenger, champion, times, max, timesAtLeast, atLeast } = limited;
  const { name, amount } = costs[key] ?? { name: key, amount: number };
  const found = champion === null ? amount(challenger) : `${amount(challenger)} against ${amount(champion)}`;
  const asked = [
    ...(times === undefined ? [] : [`${number(times)} times the champion's`]),
    ...(max === undefined ? [] : [amount(max)]),
  ];
  const shown = [
    ...(times === undefined || timesAtLeast === undefined ? [] : [`${number(timesAtLeast)} times`]),
    ...(max === undefined || atLeast === undefined ? [] : [amount(atLeast)]),
  ];
  const least = shown.length === 0 ? "" : `, at least ${shown.join(" and ")}`;
  return `${name} ${found}${least}; gate.limits.${key} allows ${asked.join(" and ")}`;
}

/** Each limit that the challenger is beyond, as a sentence. */
export const brokenLimits = ({ limits }: Weighing): readonly string[] =>
  limits.filter(({ held }) => !held).map(limitInWords);
