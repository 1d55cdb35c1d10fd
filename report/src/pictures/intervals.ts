import { type Html, html } from "../html.ts";
import { signed } from "../numbers.ts";
import type { ReportedComparison } from "../report.ts";

const width = 220;
const height = 22;

/** The scale that all intervals of a group share: nothing is in the middle. */
export const reachOf = (comparisons: readonly ReportedComparison[]): number =>
  Math.max(
    1e-9,
    ...comparisons.flatMap(({ improvement, lowerBound, upperBound, margin = 0 }) =>
      [improvement, lowerBound, upperBound, margin].map((value) => Math.abs(value ?? 0)),
    ),
  ) * 1.08;

function sideOf(from: number, to: number): string {
  if (from > 0) return "better";
  return to < 0 ? "worse" : "open";
}

/** Where the improvement is with the confidence that is asked for: better to the right of the line, worse to the left. */
export function interval({ improvement, lowerBound, upperBound, margin }: ReportedComparison, reach: number): Html {
  if (improvement === null) return html``;
  const x = (value: number): string => (width / 2 + (value / reach) * (width / 2 - 6)).toFixed(1);
  const [from, to] = [lowerBound ?? improvement, upperBound ?? improvement];
  const words = `${signed(improvement)}, from ${signed(from)} to ${signed(to)}`;
  const [middle, across] = [width / 2, height / 2];
  const asked =
    margin === undefined || margin === 0
      ? undefined
      : html`<line class="margin" x1="${x(-margin)}" x2="${x(-margin)}" y1="4" y2="${height - 4}"/>`;
  return html`<svg class="interval" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${words}">
<title>${words}</title>
<line class="zero" x1="${middle}" x2="${middle}" y1="2" y2="${height - 2}"/>${asked}
<line class="reach ${sideOf(from, to)}" x1="${x(from)}" x2="${x(to)}" y1="${across}" y2="${across}"/>
<circle class="${sideOf(from, to)}" cx="${x(improvement)}" cy="${across}" r="4"/>
</svg>`;
}
