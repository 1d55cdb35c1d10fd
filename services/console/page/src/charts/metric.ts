import { axisX, axisY, dot, gridY, lineY, plot } from "@observablehq/plot";
import type { ModelView } from "../answers.ts";

type VerdictInView = ModelView["verdicts"][string];

/** The metric of each judged version over time, by what was decided, and the line of the champions beside it. */
export function drawMetric(verdicts: readonly VerdictInView[], width: number): Element {
  const points = verdicts
    .map(({ version, judgedAt, decision, comparison }) => ({
      version,
      decision,
      at: new Date(judgedAt),
      value: comparison.challenger,
      champion: decision === "promote" ? comparison.challenger : comparison.champion,
    }))
    .filter(({ value }) => value !== null)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const metric = verdicts[0]?.comparison.metric ?? "metric";
  const chart = plot({
    width,
    height: 220,
    marginLeft: 56,
    ariaLabel: `${metric} of ${points.length} judged versions over time`,
    y: { label: metric, nice: true, zero: false },
    x: { type: "utc", label: null },
    color: {
      domain: ["promote", "hold", "reject"],
      range: ["var(--good)", "var(--wait)", "var(--bad)"],
      legend: false,
    },
    marks: [
      gridY({ stroke: "var(--line)", strokeOpacity: 1 }),
      axisX({ stroke: "none", fill: "var(--quiet)", ariaLabel: null }),
      axisY({ stroke: "none", fill: "var(--quiet)", ariaLabel: null }),
      lineY(points, { x: "at", y: "champion", stroke: "var(--accent)", strokeWidth: 2, curve: "step-after" }),
      dot(points, {
        x: "at",
        y: "value",
        fill: "decision",
        r: 4.5,
        title: ({ version, value, decision }) => `version ${version}: ${value}, ${decision}`,
      }),
    ],
  });
  // Its rules stand in the page's own styles: inline ones are refused.
  for (const style of chart.querySelectorAll("style")) style.remove();
  for (const inner of chart.querySelectorAll("[aria-label]")) inner.removeAttribute("aria-label");
  chart.setAttribute("role", "img");
  return chart;
}
