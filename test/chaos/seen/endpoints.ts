import { isWithin, type Trouble, windowsOf } from "../faults/happened.ts";
import type { Failure, Predictions } from "../load/predictions.ts";
import { appOf } from "../load/projects.ts";
import type { EndpointReport } from "../report.ts";
import type { Broken } from "./broken.ts";

/** A status that no restart of a process makes: the request, or the model, is not known. */
const isNever = ({ kind }: Failure): boolean => /^4\d\d$/.test(kind);

/** Requests that had no answer, and no fault that could be the reason: one sentence for those of a kind in a row. */
export function unexcusedFailures(
  models: readonly string[],
  trouble: Trouble,
  { answers, failures }: Pick<Predictions, "answers" | "failures">,
): readonly Broken[] {
  const now = Date.now();
  return models.flatMap((model) => {
    const app = appOf(model);
    const ofModel = answers.filter((answer) => answer.model === model);
    const windows = windowsOf(app, trouble, ofModel, now);
    const unexcused = failures.filter(
      (failure) => failure.model === model && (isNever(failure) || !isWithin(failure, windows)),
    );
    return inRows(unexcused).map((row) => {
      const [first] = row as readonly [Failure, ...Failure[]];
      return {
        sentence: `${app} left ${row.length} request${row.length === 1 ? "" : "s"} without an answer: ${first.kind} (${first.words})`,
        at: first.begun,
      };
    });
  });
}

const rowGapMs = 5_000;

function inRows(failures: readonly Failure[]): readonly (readonly Failure[])[] {
  const rows: Failure[][] = [];
  for (const failure of failures) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    if (row && last && last.kind === failure.kind && failure.begun - last.ended < rowGapMs) row.push(failure);
    else rows.push([failure]);
  }
  return rows;
}

/** What callers met, app by app. */
export function endpointReports(
  models: readonly string[],
  trouble: Trouble,
  { answers, failures }: Pick<Predictions, "answers" | "failures">,
  from: number,
): readonly EndpointReport[] {
  const now = Date.now();
  return models.map((model) => {
    const app = appOf(model);
    const ofModel = answers.filter((answer) => answer.model === model);
    const failed = failures.filter((failure) => failure.model === model);
    const ends = [from, ...ofModel.map(({ ended }) => ended).sort((a, b) => a - b)];
    const kinds: Record<string, number> = {};
    for (const { kind } of failed) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const windows = windowsOf(app, trouble, ofModel, now);
    return {
      app,
      requests: ofModel.length + failed.length,
      failures: kinds,
      longestGap: Math.max(0, ...ends.map((end, index) => end - (ends[index - 1] ?? end))),
      accountable: shareOutside(windows, from, now),
    };
  });
}

/** The share of a span that lies in none of some windows. */
function shareOutside(
  windows: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
): number {
  let covered = 0;
  let end = from;
  for (const window of [...windows].sort((a, b) => a.from - b.from)) {
    const [begin, until] = [Math.max(window.from, end), Math.min(window.to, to)];
    if (until <= begin) continue;
    covered += until - begin;
    end = until;
  }
  return to > from ? 1 - covered / (to - from) : 0;
}
